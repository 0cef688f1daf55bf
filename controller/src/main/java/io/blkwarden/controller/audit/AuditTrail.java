package io.blkwarden.controller.audit;

import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.DecisionNote;
import io.blkwarden.model.message.Outcome;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was said about something, in the order of its time.
 *
 * <p>Holds at most {@link #MAX} messages; at the bound the one that came first is left out, and
 * counted. Decisions and alerts have the controller's time, outcomes the host's.
 */
public final class AuditTrail {
  /** Most messages. */
  public static final int MAX = 20_000;

  private final ArrayDeque<Part> parts = new ArrayDeque<>();
  private final Set<MessageId> notes = new HashSet<>();
  private long leftOut;

  /**
   * One thing that was said.
   *
   * @param at when, by the clock of who said it
   * @param message all of it
   */
  public record Part(Instant at, ControlMessage message) {}

  /**
   * A line of the story.
   *
   * @param at when
   * @param text what happened, in a sentence or two
   */
  public record Line(Instant at, String text) {}

  /** How often a throttle was renewed, and where in the story that is told. */
  private record Renewals(int place, int times, Instant last) {}

  /** Takes a message: an alert, a decision or an outcome; others are no part of a story. */
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
    if (parts.size() >= MAX) {
      if (parts.remove().message() instanceof DecisionNote note) {
        notes.remove(note.id());
      }
      leftOut++;
    }
    parts.add(new Part(at, message));
  }

  /** Messages left out at the bound. */
  public long leftOut() {
    return leftOut;
  }

  /** Everything that was said, in the order of its time. */
  public List<Part> parts() {
    Set<List<@Nullable Object>> claimed = new HashSet<>();
    for (Part part : parts) {
      if (part.message() instanceof DecisionNote note && note.epoch() != null) {
        claimed.add(what(note));
      }
    }
    return parts.stream()
        .filter(part -> !(part.message() instanceof DecisionNote note && echo(note, claimed)))
        .sorted(Comparator.comparing(Part::at))
        .toList();
  }

  /** Whether a controller that only watched said what the one that commands said too. */
  private static boolean echo(DecisionNote note, Set<List<@Nullable Object>> claimed) {
    return note.epoch() == null && claimed.contains(what(note));
  }

  private static List<@Nullable Object> what(DecisionNote note) {
    List<@Nullable Object> what = new ArrayList<>();
    what.add(note.host());
    what.add(note.domain());
    what.add(note.vdev());
    what.add(note.policy());
    what.add(note.verdict());
    what.add(note.guard());
    return what;
  }

  /** The story in sentences: what only goes on as before is told once. */
  public List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    Map<MessageId, String> toldOfAlert = new HashMap<>();
    Map<MessageId, Renewals> renewals = new HashMap<>();
    for (Part part : parts()) {
      MessageId renewal = renewal(part.message());
      if (renewal != null) {
        Renewals told = renewals.get(renewal);
        if (told == null) {
          renewals.put(renewal, new Renewals(lines.size(), 1, part.at()));
          lines.add(new Line(part.at(), "")); // told below, when all are known
        } else {
          renewals.put(renewal, new Renewals(told.place(), told.times() + 1, part.at()));
        }
        continue;
      }
      if (part.message() instanceof Alert alert) {
        String now = gist(alert);
        if (now.equals(toldOfAlert.put(alert.id(), now))) {
          continue;
        }
      }
      String text = RecordText.of(part.message());
      if (!text.isEmpty()) {
        lines.add(new Line(part.at(), text));
      }
    }
    renewals.forEach((lease, all) ->
        lines.set(
            all.place(),
            new Line(
                lines.get(all.place()).at(), RecordText.renewed(lease, all.times(), all.last()))));
    return lines;
  }

  /** The throttle that a message renews, as its host says; null for other messages. */
  private static @Nullable MessageId renewal(ControlMessage message) {
    return message instanceof Outcome outcome && outcome.result() == Outcome.Result.RENEWED
        ? outcome.lease()
        : null;
  }

  private static String gist(Alert alert) {
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
}
