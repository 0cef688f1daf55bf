package io.blkwarden.controller.silence;

import io.blkwarden.model.MessageId;
import io.blkwarden.model.OperatorKey;
import io.blkwarden.model.message.Ack;
import io.blkwarden.model.message.OperatorInput;
import io.blkwarden.model.message.OperatorRequest;
import io.blkwarden.model.message.Pause;
import io.blkwarden.model.message.Silence;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a request for a silence, an acknowledgement or the pause changes. */
public sealed interface InputChange {
  /** Most expired entries deleted with a request. */
  int EXPIRED_MAX = 100;

  /**
   * Write an entry, or delete it.
   *
   * @param set whether to write it
   * @param expired expired entries to delete as well, at most {@link #EXPIRED_MAX}
   */
  record Store(OperatorInput input, boolean set, List<OperatorInput> expired)
      implements InputChange {}

  /** Nothing, for this reason. */
  record Refused(String why) implements InputChange {}

  /** The change that a request makes to the state. */
  static InputChange of(
      OperatorState state,
      OperatorRequest request,
      OperatorRequest.Lasting ask,
      @Nullable OperatorKey key,
      Instant now,
      MessageId id) {
    String by = request.by();
    String reason = request.reason();
    return switch (ask) {
      case OperatorRequest.SilenceAdd add ->
          state.silencesNow(now) >= OperatorState.SILENCES_MAX
              ? full(
                  "silences",
                  OperatorState.SILENCES_MAX,
                  "end some with 'blkwarden silence expire ID'")
              : set(
                  state,
                  new Silence(id, by, reason, now, now.plusMillis(add.forMs()), add.match(), key));
      case OperatorRequest.SilenceExpire(MessageId silence) ->
          end(
              state.silence(silence),
              "there is no silence %s: 'blkwarden silence list' shows them".formatted(silence));
      case OperatorRequest.AckAdd(MessageId about) ->
          state.acksNow(now) >= OperatorState.ACKS_MAX
              ? full(
                  "acknowledgements",
                  OperatorState.ACKS_MAX,
                  "withdraw some with 'blkwarden ack --undo ID'")
              : set(state, new Ack(about, by, reason, now, key));
      case OperatorRequest.AckUndo(MessageId about) ->
          end(
              state.ack(about),
              "%s is not acknowledged: acked_by in 'blkwarden alerts --json' names who did"
                  .formatted(about));
      case OperatorRequest.PauseSet _ -> set(state, new Pause(by, reason, now, key));
      case OperatorRequest.PauseEnd _ ->
          end(
              state.pause(),
              "enforcement is not paused; if nothing is throttled, /readyz of the controller says"
                  + " why");
    };
  }

  private static Refused full(String what, int most, String advice) {
    return new Refused(
        "%d %s are in force, the most there may be: %s".formatted(most, what, advice));
  }

  private static Store set(OperatorState state, OperatorInput input) {
    return new Store(input, true, state.expired(input.at()).limit(EXPIRED_MAX).toList());
  }

  private static InputChange end(Optional<? extends OperatorInput> found, String missing) {
    return found
        .<InputChange>map(input -> new Store(input, false, List.of()))
        .orElseGet(() -> new Refused(missing));
  }

  /** The change in words, once it is in force. */
  static String describe(OperatorInput input, boolean set) {
    return switch (input) {
      case Silence silence -> {
        String match =
            silence.match().patterns().entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue())
                .collect(Collectors.joining(" "));
        String state = set ? "is in force until " + silence.until() : "ended";
        yield "silence %s (%s) %s".formatted(silence.id(), match, state);
      }
      case Ack ack ->
          (set ? "%s is acknowledged" : "%s is no longer acknowledged").formatted(ack.about());
      case Pause _ ->
          set
              ? "enforcement is paused; leases in force end at their time"
              : "enforcement is resumed";
    };
  }
}
