package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.silence.OperatorState;
import io.blkwarden.controller.testing.Messages;
import io.blkwarden.model.OperatorKey;
import io.blkwarden.model.message.Ack;
import io.blkwarden.model.message.OperatorInput;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorReply.Verdict;
import io.blkwarden.model.message.OperatorRequest;
import io.blkwarden.model.message.Pause;
import io.blkwarden.model.message.Silence;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The leading controller carries out requests for silences, acknowledgements and the pause. */
final class OperatorInputRequestsTest {
  private static final OperatorKey KEY =
      new OperatorKey("UAYQWWEYZEUX4GZGI3ZBDK73MTZAC3RGTXMA6R5PVGNLINLPPBUUCI45");
  private static final Silence.Matcher ALL = new Silence.Matcher("*", null, null, null, null);

  private final EngineRig rig = EngineRig.acting(EngineRig.SWAP_STORM);

  private List<Effect> ask(OperatorRequest.Ask ask) {
    return rig.feed(new Input.RequestReceived(new OperatorRequest("ana", "a test", ask), KEY, 42));
  }

  private static Effect.StoreInput store(List<Effect> effects) {
    assertThat(effects).hasSize(1).first().isInstanceOf(Effect.StoreInput.class);
    return (Effect.StoreInput) effects.getFirst();
  }

  private void operatorInputs(List<Silence> silences, List<Ack> acks, @Nullable Pause pause) {
    rig.feed(new Input.OperatorStateChanged(new OperatorState(silences, acks, pause)));
  }

  private Silence silence(long number, Duration ago) {
    return new Silence(
        Messages.id(number),
        "ana",
        "known",
        rig.wall.minus(ago),
        rig.wall.minus(ago).plus(Duration.ofHours(1)),
        ALL,
        null);
  }

  @Test
  void silenceIsAnsweredWithItsKeyWhenItIsActive() {
    Effect.StoreInput store = store(ask(new OperatorRequest.SilenceAdd(ALL, 60_000)));

    assertThat(store.set()).isTrue();
    Silence silence = (Silence) store.input();
    assertThat(silence.requestedByKey()).isEqualTo(KEY);
    assertThat(silence.by()).isEqualTo("ana");
    assertThat(Duration.between(silence.at(), silence.until())).isEqualTo(Duration.ofMinutes(1));

    List<Effect> done = rig.feed(new Input.InputStored(store));
    OperatorReply reply = EngineRig.answers(done).getFirst();
    assertThat(reply.verdict()).isEqualTo(Verdict.DONE);
    assertThat(reply.inForce()).isEqualTo(silence);
    assertThat(done)
        .filteredOn(Effect.RecordDecision.class::isInstance)
        .singleElement()
        .satisfies(effect -> {
          var decision = ((Effect.RecordDecision) effect).decision();
          assertThat(decision.requestedByKey()).isEqualTo(KEY);
          assertThat(decision.reason()).contains("host=*", "asked by ana: a test");
        });
  }

  @Test
  void expiredEntriesAreDeletedWithTheNextRequest() {
    Silence over = silence(1, Duration.ofHours(2));
    operatorInputs(List.of(over, silence(2, Duration.ZERO)), List.of(), null);

    Effect.StoreInput store = store(ask(new OperatorRequest.SilenceAdd(ALL, 60_000)));

    assertThat(store.expired()).containsExactly((OperatorInput) over);
  }

  @Test
  void numberOfSilencesAndAcksIsLimited() {
    operatorInputs(
        IntStream.range(0, OperatorState.SILENCES_MAX)
            .mapToObj(each -> silence(each, Duration.ZERO))
            .toList(),
        IntStream.range(0, OperatorState.ACKS_MAX)
            .mapToObj(each -> new Ack(Messages.id(each), "ana", "mine", rig.wall, null))
            .toList(),
        null);

    assertThat(EngineRig.answers(ask(new OperatorRequest.SilenceAdd(ALL, 60_000))))
        .extracting(OperatorReply::verdict)
        .containsExactly(Verdict.FAILED);
    assertThat(
            EngineRig.answers(ask(new OperatorRequest.AckAdd(Messages.id(5_000))))
                .getFirst()
                .detail())
        .contains("1000 acknowledgements", "blkwarden ack --undo");
  }

  @Test
  void unknownEntryCannotBeEnded() {
    for (OperatorRequest.Ask ask :
        List.of(
            new OperatorRequest.SilenceExpire(Messages.id(1)),
            new OperatorRequest.AckUndo(Messages.id(2)),
            new OperatorRequest.PauseEnd())) {
      assertThat(EngineRig.answers(ask(ask)))
          .as(ask.verb())
          .extracting(OperatorReply::verdict)
          .containsExactly(Verdict.FAILED);
    }
    Pause pause = new Pause("ana", "the storage moves", rig.wall, null);
    operatorInputs(List.of(), List.of(), pause);

    Effect.StoreInput store = store(ask(new OperatorRequest.PauseEnd()));

    assertThat(store.set()).isFalse();
    assertThat(store.input()).isEqualTo(pause);
    assertThat(EngineRig.answers(rig.feed(new Input.InputStored(store))).getFirst())
        .isEqualTo(new OperatorReply(Verdict.DONE, "enforcement is resumed"));
  }

  @Test
  void ackIsInTheAuditTrailOfItsAlert() {
    Effect.StoreInput store = store(ask(new OperatorRequest.AckAdd(Messages.id(7))));

    assertThat(rig.feed(new Input.InputStored(store)))
        .filteredOn(Effect.RecordDecision.class::isInstance)
        .singleElement()
        .extracting(effect -> ((Effect.RecordDecision) effect).decision().alert())
        .isEqualTo(Messages.id(7));
  }

  @Test
  void standbyRefuses() {
    rig.feed(new Input.LeadershipLost());

    assertThat(EngineRig.answers(ask(new OperatorRequest.PauseSet())))
        .extracting(OperatorReply::verdict)
        .containsExactly(Verdict.REFUSED);
  }
}
