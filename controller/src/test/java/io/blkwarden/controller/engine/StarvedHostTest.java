package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A starved dom0 sends its samples late and in bursts, and that is no reason for alert noise. */
final class StarvedHostTest {
  private final EngineRig rig = EngineRig.acting(EngineRig.SWAP_STORM);
  private final SwappingHost host = new SwappingHost();
  private final int other = host.addSwap(177);

  @BeforeEach
  void aHandledStorm() {
    rig.begin(host);
    Command command = EngineRig.only(rig.seconds(3, host, host::storm));
    rig.outcome(command, Outcome.Result.APPLIED);
    rig.seconds(17, host, host::tamed); // its effect is known
  }

  /** What was sent in each of these seconds comes at their end, or only the last of it. */
  private List<Effect> burst(int seconds, boolean all) {
    List<Effect> effects = new ArrayList<>();
    List<Input> late = new ArrayList<>();
    for (int second = 0; second < seconds; second++) {
      rig.pass(1_000, host);
      host.tamed();
      late.add(new Input.SampleBatch(host.id, host.frame()));
      effects.addAll(rig.tick());
    }
    late.subList(all ? 0 : seconds - 1, seconds).forEach(each -> effects.addAll(rig.feed(each)));
    for (Command command : EngineRig.sends(effects)) {
      effects.addAll(rig.outcome(command, Outcome.Result.RENEWED));
    }
    return effects;
  }

  private List<Effect> silence(int seconds) {
    List<Effect> effects = new ArrayList<>();
    for (int second = 0; second < seconds; second++) {
      rig.pass(1_000, host);
      effects.addAll(rig.tick());
    }
    return effects;
  }

  @Test
  void lateOrLostBatchesDoNotMakeAlertsUnknown() {
    Random random = new Random(1);
    List<Effect> effects = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      effects.addAll(burst(2 + random.nextInt(8), random.nextBoolean()));
    }
    assertThat(EngineRig.states(effects)).doesNotContain("unknown", "resolved");
  }

  @Test
  void tenSecondsWithoutSamplesAreUnknown() {
    assertThat(EngineRig.states(silence(10))).isEmpty();
    List<Effect> effects = silence(1);
    assertThat(EngineRig.states(effects)).containsExactly("unknown");
    assertThat(EngineRig.alerts(effects).getFirst().summary()).contains("stopped reporting");
    assertThat(EngineRig.states(silence(30))).isEmpty();
  }

  @Test
  void thirtySecondsOfSamplesAreKnownAgain() {
    silence(11);
    assertThat(EngineRig.states(rig.seconds(30, host, host::tamed))).isEmpty();
    assertThat(EngineRig.states(rig.seconds(1, host, host::tamed))).containsExactly("handled");
  }

  @Test
  void burstsOfSamplesStayUnknown() {
    assertThat(EngineRig.states(silence(11))).containsExactly("unknown");
    List<Effect> effects = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      effects.addAll(burst(5, true));
    }
    assertThat(EngineRig.alerts(effects).stream().map(Alert::state))
        .doesNotContain(Alert.State.FIRING, Alert.State.HANDLED, Alert.State.RESOLVED);
  }

  @Test
  void breachThatStartsMeanwhileIsFiring() {
    silence(11);
    List<Effect> effects =
        rig.seconds(
            7,
            host,
            () -> {
              host.tamed();
              host.reads(other, 900, 2, 990, 4);
            });
    assertThat(EngineRig.states(effects)).contains("firing").doesNotContain("resolved");
  }

  @Test
  void unknownAlertIsResolvedOnceMeasured() {
    silence(11);
    List<Effect> effects = rig.seconds(10, host, host::quiet);
    assertThat(EngineRig.states(effects)).contains("resolved").doesNotContain("firing", "handled");
  }
}
