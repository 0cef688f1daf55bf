package io.blkwarden.controller.engine;

import io.blkwarden.controller.silence.OperatorState;
import io.blkwarden.controller.throttle.Decision;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Ack;
import io.blkwarden.model.message.OperatorInput;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorReply.Verdict;
import io.blkwarden.model.message.OperatorRequest;
import io.blkwarden.model.message.Pause;
import io.blkwarden.model.message.Silence;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Handles requests for silences, acknowledgements and the pause: checks them, has them stored, and
 * answers once they are in force.
 */
final class OperatorInputRequests {
  private final EngineState engine;

  OperatorInputRequests(EngineState engine) {
    this.engine = engine;
  }

  void ask(Input.RequestReceived asked, OperatorRequest.Lasting ask) {
    Instant now = engine.now().wall().truncatedTo(ChronoUnit.MILLIS);
    OperatorState operatorState = engine.operatorState();
    switch (ask) {
      case OperatorRequest.SilenceAdd add -> {
        if (operatorState.silencesNow(now) >= OperatorState.SILENCES_MAX) {
          refuse(
              asked,
              "%d silences are in force, the most there may be: end some with 'blkwarden silence"
                      .formatted(OperatorState.SILENCES_MAX)
                  + " expire ID'");
          return;
        }
        Instant until = now.plusMillis(add.forMs());
        set(
            asked,
            new Silence(
                engine.newId(), asked.by(), asked.reason(), now, until, add.match(), asked.key()));
      }
      case OperatorRequest.SilenceExpire expire ->
          end(
              asked,
              operatorState.silence(expire.silence()),
              "there is no silence %s: 'blkwarden silence list' shows them"
                  .formatted(expire.silence()));
      case OperatorRequest.AckAdd add -> {
        if (operatorState.acksNow(now) >= OperatorState.ACKS_MAX) {
          refuse(
              asked,
              "%d acknowledgements are in force, the most there may be: withdraw some with"
                      .formatted(OperatorState.ACKS_MAX)
                  + " 'blkwarden ack --undo ID'");
          return;
        }
        set(asked, new Ack(add.about(), asked.by(), asked.reason(), now, asked.key()));
      }
      case OperatorRequest.AckUndo undo ->
          end(
              asked,
              operatorState.ack(undo.about()),
              "%s is not acknowledged: acked_by in 'blkwarden alerts --json' names who did"
                  .formatted(undo.about()));
      case OperatorRequest.PauseSet _ ->
          set(asked, new Pause(asked.by(), asked.reason(), now, asked.key()));
      case OperatorRequest.PauseEnd _ ->
          end(
              asked,
              operatorState.pause(),
              "enforcement is not paused; if nothing is throttled, /readyz of the controller says"
                  + " why");
    }
  }

  private void set(Input.RequestReceived asked, OperatorInput input) {
    List<OperatorInput> expired =
        engine.operatorState().expired(input.at()).limit(Effect.StoreInput.EXPIRED_MAX).toList();
    engine.add(new Effect.StoreInput(input, true, expired, asked));
  }

  private void end(
      Input.RequestReceived asked, Optional<? extends OperatorInput> found, String missing) {
    if (found.isEmpty()) {
      refuse(asked, missing);
    } else {
      engine.add(new Effect.StoreInput(found.get(), false, List.of(), asked));
    }
  }

  private void refuse(Input.RequestReceived asked, String why) {
    engine.add(new Effect.Answer(asked.correlation(), new OperatorReply(Verdict.FAILED, why)));
  }

  /** The change is in force. */
  void done(Effect.StoreInput stored) {
    Input.RequestReceived asked = stored.asked();
    String what = what(stored.input(), stored.set());
    engine.add(
        new Effect.RecordDecision(
            Decision.ofFleet(
                    engine.now().wall(),
                    Decision.Verdict.REQUEST,
                    "%s, asked by %s: %s".formatted(what, asked.by(), asked.reason()),
                    Map.of())
                .toldBy(about(stored.input()))
                .requestedBy(asked.key())));
    engine.add(
        new Effect.Answer(
            asked.correlation(),
            new OperatorReply(Verdict.DONE, what, null, stored.set() ? stored.input() : null)));
  }

  private static @Nullable MessageId about(OperatorInput input) {
    return input instanceof Ack ack ? ack.about() : null;
  }

  private static String what(OperatorInput input, boolean set) {
    return switch (input) {
      case Silence silence ->
          set
              ? "silence %s (%s) is in force until %s"
                  .formatted(silence.id(), text(silence.match()), silence.until())
              : "silence %s (%s) ended".formatted(silence.id(), text(silence.match()));
      case Ack ack ->
          (set ? "%s is acknowledged" : "%s is no longer acknowledged").formatted(ack.about());
      case Pause _ ->
          set
              ? "enforcement is paused; leases in force end at their time"
              : "enforcement is resumed";
    };
  }

  private static String text(Silence.Matcher match) {
    return Stream.of(
            text("host", match.host()),
            text("policy", match.policy()),
            text("domain", match.domain()),
            text("severity", match.severity()),
            text("role", match.role()))
        .filter(Objects::nonNull)
        .collect(Collectors.joining(" "));
  }

  private static @Nullable String text(String label, @Nullable String pattern) {
    return pattern == null ? null : label + "=" + pattern;
  }
}
