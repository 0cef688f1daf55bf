package io.blkwarden.controller.audit;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.DecisionNote;
import io.blkwarden.model.message.Outcome;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The decisions, alerts and outcomes about one subject, in order of time.
 *
 * <p>Keeps at most {@link #MAX} messages, dropping and counting the oldest. Decisions and alerts
 * have the controller's time, outcomes the host's.
 */
public final class AuditTrail {
  /** Maximum number of messages. */
  public static final int MAX = 20_000;

  private final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private final Set<MessageId> notes = new HashSet<>();
  private long dropped;

  /**
   * A message.
   *
   * @param at when, by the sender's clock
   * @param message the message
   */
  public record Entry(Instant at, ControlMessage message) {}

  /**
   * A line of text.
   *
   * @param at when
   * @param text what happened
   */
  public record Line(Instant at, String text) {}

  /** Adds an alert, decision or outcome; ignores other messages. */
  public void add(ControlMessage message) {
    switch (message) {
      case Alert alert -> put(alert.at(), alert);
      case Outcome outcome -> put(outcome.at(), outcome);
      case DecisionNote note -> {
        if (notes.add(note.id())) {
          put(note.at(), note);
        }
      }
      default -> {}
    }
  }

  private void put(Instant at, ControlMessage message) {
    if (entries.size() >= MAX) {
      if (entries.remove().message() instanceof DecisionNote note) {
        notes.remove(note.id());
      }
      dropped++;
    }
    entries.add(new Entry(at, message));
  }

  /** Number of dropped messages. */
  public long dropped() {
    return dropped;
  }

  /** The messages in order of time, without duplicates from standbys. */
  public List<Entry> entries() {
    Set<List<@Nullable Object>> byLeader = new HashSet<>();
    for (Entry part : entries) {
      if (part.message() instanceof DecisionNote note && note.epoch() != null) {
        byLeader.add(identity(note));
      }
    }
    return entries.stream()
        .filter(part -> !(part.message() instanceof DecisionNote note && duplicate(note, byLeader)))
        .sorted(Comparator.comparing(Entry::at))
        .toList();
  }

  /** Whether it is a standby's copy of a decision of the leader. */
  private static boolean duplicate(DecisionNote note, Set<List<@Nullable Object>> byLeader) {
    return note.epoch() == null && byLeader.contains(identity(note));
  }

  private static List<@Nullable Object> identity(DecisionNote note) {
    return Arrays.asList(
        note.host(), note.domain(), note.vdev(), note.policy(), note.verdict(), note.guard());
  }

  /** The trail as text; repeated alerts and renewals appear once. */
  public List<Line> lines() {
    List<Entry> all = entries();
    Map<MessageId, List<Instant>> renewals = new HashMap<>();
    for (Entry each : all) {
      MessageId lease = renewal(each.message());
      if (lease != null) {
        renewals.computeIfAbsent(lease, _ -> new ArrayList<>()).add(each.at());
      }
    }
    List<Line> lines = new ArrayList<>();
    Map<MessageId, String> lastOfAlert = new HashMap<>();
    for (Entry each : all) {
      MessageId lease = renewal(each.message());
      List<Instant> times = lease == null ? null : renewals.remove(lease); // at the first renewal
      String text = "";
      if (times != null) {
        text = RecordText.renewed(Objects.requireNonNull(lease), times.size(), times.getLast());
      } else if (lease == null && isNew(each.message(), lastOfAlert)) {
        text = RecordText.of(each.message());
      }
      if (!text.isEmpty()) {
        lines.add(new Line(each.at(), text));
      }
    }
    return lines;
  }

  /** Whether it does not repeat the last message about an alert. */
  private static boolean isNew(ControlMessage message, Map<MessageId, String> lastOfAlert) {
    return !(message instanceof Alert alert)
        || !summary(alert).equals(lastOfAlert.put(alert.id(), summary(alert)));
  }

  /** The throttle that an outcome reports as renewed; null for other messages. */
  private static @Nullable MessageId renewal(ControlMessage message) {
    return message instanceof Outcome outcome && outcome.result() == Outcome.Result.RENEWED
        ? outcome.lease()
        : null;
  }

  private static String summary(Alert alert) {
    Alert.Action action = alert.action();
    return action == null
        ? alert.state().wire()
        : "%s %s %s %s %s"
            .formatted(
                alert.state().wire(),
                action.throttle(),
                action.priority(),
                action.limitPerS(),
                action.effect().wire());
  }

  /**
   * The trail as {@code blkwarden.why.v1} on one line: its text and its messages. ASCII only, so
   * that guests' names cannot control a terminal.
   *
   * @param about the subject of the query
   */
  public String json(String about) {
    ObjectNode root = AsciiJson.document("blkwarden.why.v1");
    root.put("about", about).put("left_out", dropped);
    ArrayNode story = root.putArray("story");
    lines()
        .forEach(
            line -> story.addObject().put("at", line.at().toString()).put("text", line.text()));
    ArrayNode messages = root.putArray("messages");
    entries().forEach(each -> messages.add(AsciiJson.node(each.message())));
    return AsciiJson.text(root);
  }
}
