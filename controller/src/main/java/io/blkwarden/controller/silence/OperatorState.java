package io.blkwarden.controller.silence;

import io.blkwarden.controller.policy.Glob;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.OperatorKey;
import io.blkwarden.model.message.Ack;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.OperatorInput;
import io.blkwarden.model.message.OperatorRequest;
import io.blkwarden.model.message.Pause;
import io.blkwarden.model.message.Silence;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The silences, acknowledgements and the pause that operators set; immutable.
 *
 * <p>At most {@link #SILENCES_MAX} silences count, those that end last, and {@link #ACKS_MAX}
 * acknowledgements, the newest.
 */
public final class OperatorState {
  /** Maximum number of silences. */
  public static final int SILENCES_MAX = 1_000;

  /** Maximum number of acknowledgements. */
  public static final int ACKS_MAX = 1_000;

  /** No silences, acknowledgements or pause. */
  public static final OperatorState NONE = new OperatorState(List.of(), List.of(), null);

  private final List<Matched> silences;
  private final Map<MessageId, Ack> acks = new HashMap<>();
  private final @Nullable Pause pause;

  /** A state with this input. */
  public OperatorState(List<Silence> silences, List<Ack> acks, @Nullable Pause pause) {
    this.silences =
        silences.stream()
            .sorted(Comparator.comparing(Silence::until).reversed())
            .limit(SILENCES_MAX)
            .map(Matched::of)
            .toList();
    acks.stream()
        .sorted(Comparator.comparing(Ack::at).reversed())
        .limit(ACKS_MAX)
        .forEach(each -> this.acks.put(each.about(), each));
    this.pause = pause;
  }

  /** A silence and its parsed patterns by label. */
  private record Matched(Silence silence, Map<String, Glob> patterns) {
    static Matched of(Silence silence) {
      return new Matched(
          silence,
          silence.match().patterns().entrySet().stream()
              .collect(Collectors.toMap(Map.Entry::getKey, each -> new Glob(each.getValue()))));
    }

    boolean isActive(Instant now) {
      return !now.isBefore(silence.at()) && now.isBefore(silence.until());
    }

    /** Whether all patterns match; a label that the alert does not have matches only {@code *}. */
    boolean matches(Map<String, List<String>> labels) {
      return patterns.entrySet().stream()
          .allMatch(each ->
              labels.getOrDefault(each.getKey(), List.of("")).stream()
                  .anyMatch(each.getValue()::matches));
    }
  }

  private static Map<String, List<String>> labels(Alert alert) {
    Map<String, List<String>> labels = new HashMap<>();
    labels.put("host", List.of(alert.host().value()));
    labels.put("policy", List.of(alert.policy()));
    labels.put("severity", List.of(alert.severity().wire()));
    if (alert.domain() != null) {
      labels.put("domain", List.of(alert.domain().name(), alert.domain().uuid().toString()));
    }
    if (alert.disk() != null) {
      labels.put("role", List.of(alert.disk().role().wire()));
    }
    return labels;
  }

  /** The active silence of the alert; of several the one that ends last. */
  public Optional<Silence> silencing(Alert alert, Instant now) {
    Map<String, List<String>> labels = silences.isEmpty() ? Map.of() : labels(alert);
    return silences.stream()
        .filter(each -> each.isActive(now) && each.matches(labels))
        .map(Matched::silence)
        .findFirst();
  }

  /** The acknowledgement of the alert, or of its incident. */
  public Optional<Ack> acknowledging(Alert alert, Instant now) {
    return Stream.of(Optional.of(alert.id()), Optional.ofNullable(alert.incident()))
        .flatMap(Optional::stream)
        .map(acks::get)
        .filter(ack -> ack != null && now.isBefore(ends(ack)))
        .findFirst();
  }

  private static Instant ends(Ack ack) {
    return ack.at().plus(Ack.LONGEST);
  }

  /** The pause; empty while enforcement is not paused. */
  public Optional<Pause> pause() {
    return Optional.ofNullable(pause);
  }

  /** The next time at which a silence or an acknowledgement starts or ends. */
  public Optional<Instant> nextChange(Instant now) {
    return Stream.concat(
            silences.stream().flatMap(each -> Stream.of(each.silence.at(), each.silence.until())),
            acks.values().stream().map(OperatorState::ends))
        .filter(each -> each.isAfter(now))
        .min(Comparator.naturalOrder());
  }

  /** The silence of that id. */
  public Optional<Silence> silence(MessageId id) {
    return silences.stream().map(Matched::silence).filter(s -> s.id().equals(id)).findFirst();
  }

  /** The acknowledgement of that alert or incident. */
  public Optional<Ack> ack(MessageId about) {
    return Optional.ofNullable(acks.get(about));
  }

  /** Number of active silences. */
  public long silencesNow(Instant now) {
    return silences.stream().filter(each -> each.isActive(now)).count();
  }

  /** The change that a request for a silence, an acknowledgement or the pause makes. */
  public sealed interface Change {
    /** Maximum number of expired entries deleted with a request. */
    int EXPIRED_MAX = 100;

    /**
     * An entry to write or to delete.
     *
     * @param set whether to write it
     * @param expired expired entries to delete as well, at most {@link #EXPIRED_MAX}
     */
    record Store(OperatorInput input, boolean set, List<OperatorInput> expired) implements Change {}

    /** No change, for this reason. */
    record Refused(String why) implements Change {}
  }

  /** The change that a request makes. */
  public Change change(
      OperatorRequest request,
      OperatorRequest.Lasting ask,
      @Nullable OperatorKey key,
      Instant now,
      MessageId id) {
    String by = request.by();
    String reason = request.reason();
    return switch (ask) {
      case OperatorRequest.SilenceAdd(Silence.Matcher match, long forMs) ->
          silencesNow(now) < SILENCES_MAX
              ? store(new Silence(id, by, reason, now, now.plusMillis(forMs), match, key))
              : full("silences", SILENCES_MAX, "end some with 'blkwarden silence expire ID'");
      case OperatorRequest.SilenceExpire(MessageId silence) ->
          delete(
              silence(silence),
              "there is no silence %s: see 'blkwarden silence list'".formatted(silence));
      case OperatorRequest.AckAdd(MessageId about) ->
          acks.values().stream().filter(each -> now.isBefore(ends(each))).count() < ACKS_MAX
              ? store(new Ack(about, by, reason, now, key))
              : full("acknowledgements", ACKS_MAX, "withdraw some with 'blkwarden ack --undo ID'");
      case OperatorRequest.AckUndo(MessageId about) ->
          delete(
              ack(about),
              "%s is not acknowledged: see acked_by in 'blkwarden alerts --json'".formatted(about));
      case OperatorRequest.PauseSet _ -> store(new Pause(by, reason, now, key));
      case OperatorRequest.PauseEnd _ ->
          delete(
              pause(),
              "enforcement is not paused; if nothing is throttled, see /readyz of the controller");
    };
  }

  private static Change full(String what, int most, String advice) {
    return new Change.Refused("limit of %d %s reached: %s".formatted(most, what, advice));
  }

  private Change store(OperatorInput input) {
    Instant now = input.at();
    Stream<OperatorInput> expired =
        Stream.concat(
            silences.stream().map(Matched::silence).filter(each -> !each.until().isAfter(now)),
            acks.values().stream().filter(each -> !ends(each).isAfter(now)));
    return new Change.Store(input, true, expired.limit(Change.EXPIRED_MAX).toList());
  }

  private static Change delete(Optional<? extends OperatorInput> found, String missing) {
    return found.isPresent()
        ? new Change.Store(found.get(), false, List.of())
        : new Change.Refused(missing);
  }

  /** The text of a change that was stored. */
  public static String describe(OperatorInput input, boolean set) {
    return switch (input) {
      case Silence silence -> {
        String match =
            silence.match().patterns().entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue())
                .collect(Collectors.joining(" "));
        String state =
            set ? "is active until " + silence.until().truncatedTo(ChronoUnit.SECONDS) : "ended";
        yield "silence %s (%s) %s".formatted(silence.id(), match, state);
      }
      case Ack ack ->
          (set ? "%s is acknowledged" : "%s is no longer acknowledged").formatted(ack.about());
      case Pause _ ->
          set
              ? "enforcement is paused; active leases run until they expire"
              : "enforcement is resumed";
    };
  }
}
