package io.blkwarden.controller.step;

import io.blkwarden.controller.plan.Decision;
import io.blkwarden.controller.said.Said;
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
 * Requests for silences, acknowledgements and the pause: checks them, lets them be stored, and
 * answers once they are in force.
 */
final class OperatorInputs {
  private final World world;

  OperatorInputs(World world) {
    this.world = world;
  }

  void ask(Input.Asked asked, OperatorRequest.Lasting ask) {
    Instant now = world.now().wall().truncatedTo(ChronoUnit.MILLIS);
    Said said = world.said();
    switch (ask) {
      case OperatorRequest.SilenceAdd add -> {
        if (said.silencesNow(now) >= Said.SILENCES_MAX) {
          refuse(
              asked,
              "%d silences are in force, the most there may be: end some with 'blkwarden silence"
                      .formatted(Said.SILENCES_MAX)
                  + " expire ID'");
          return;
        }
        Instant until = now.plusMillis(add.forMs());
        set(
            asked,
            new Silence(
                world.id(), asked.by(), asked.reason(), now, until, add.match(), asked.key()));
      }
      case OperatorRequest.SilenceExpire expire ->
          end(
              asked,
              said.silence(expire.silence()),
              "there is no silence %s: 'blkwarden silence list' shows them"
                  .formatted(expire.silence()));
      case OperatorRequest.AckAdd add -> {
        if (said.acksNow(now) >= Said.ACKS_MAX) {
          refuse(
              asked,
              "%d acknowledgements are in force, the most there may be: withdraw some with"
                      .formatted(Said.ACKS_MAX)
                  + " 'blkwarden ack --undo ID'");
          return;
        }
        set(asked, new Ack(add.about(), asked.by(), asked.reason(), now, asked.key()));
      }
      case OperatorRequest.AckUndo undo ->
          end(
              asked,
              said.ack(undo.about()),
              "%s is not acknowledged: acked_by in 'blkwarden alerts --json' names who did"
                  .formatted(undo.about()));
      case OperatorRequest.PauseSet _ ->
          set(asked, new Pause(asked.by(), asked.reason(), now, asked.key()));
      case OperatorRequest.PauseEnd _ ->
          end(
              asked,
              said.pause(),
              "enforcement is not paused; if nothing is throttled, /readyz of the controller says"
                  + " why");
    }
  }

  private void set(Input.Asked asked, OperatorInput input) {
    List<OperatorInput> expired =
        world.said().expired(input.at()).limit(Effect.Store.EXPIRED_MAX).toList();
    world.add(new Effect.Store(input, true, expired, asked));
  }

  private void end(Input.Asked asked, Optional<? extends OperatorInput> found, String missing) {
    if (found.isEmpty()) {
      refuse(asked, missing);
    } else {
      world.add(new Effect.Store(found.get(), false, List.of(), asked));
    }
  }

  private void refuse(Input.Asked asked, String why) {
    world.add(new Effect.Answer(asked.correlation(), new OperatorReply(Verdict.FAILED, why)));
  }

  /** The change is in force. */
  void done(Effect.Store stored) {
    Input.Asked asked = stored.asked();
    String what = what(stored.input(), stored.set());
    world.add(
        new Effect.Note(
            Decision.ofFleet(
                    world.now().wall(),
                    Decision.Verdict.REQUEST,
                    "%s, asked by %s: %s".formatted(what, asked.by(), asked.reason()),
                    Map.of())
                .toldBy(about(stored.input()))
                .requestedBy(asked.key())));
    world.add(
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
