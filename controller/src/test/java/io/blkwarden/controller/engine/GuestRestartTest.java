package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.Worker;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.MappingEvent.WorkersChanged;
import io.blkwarden.model.message.Outcome;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A guest that was started anew with the domid it had, while nobody looked. */
final class GuestRestartTest {
  private final EngineRig rig = EngineRig.acting(EngineRig.SWAP_STORM);
  private final TestHost host = new TestHost("dom0-7");
  private int noisy;
  private long runs = 2;
  private Command command;

  @BeforeEach
  void begin() {
    noisy = host.addSwap(176);
    host.add("vm5", 5, VolumeRole.ROOT, MappingState.RESOLVED);
    rig.begin(host);
    command = EngineRig.sends(rig.seconds(3, host, this::storm)).getFirst();
    rig.outcome(command, Outcome.Result.APPLIED);
  }

  private void storm() {
    host.reads(noisy, 800, 2, 990, 4);
  }

  /** Below the level, and not for long enough yet to be over. */
  private void calm() {
    host.reads(noisy, 5, 1, 5, 0);
  }

  private static List<Worker> born(long startTicks) {
    return List.of(TestHost.worker(176, startTicks));
  }

  /** Its agent dies, and another run of it restores what was held. */
  private void agentBeginsAnew() {
    host.run = TestHost.uuid("run", ++runs);
    host.revision = 1;
    rig.byItself(host, EngineRig.set(command).lease(), Outcome.Result.RECOVERED);
  }

  private List<Effect> mapped() {
    List<Effect> effects = rig.map(host);
    rig.hello(host);
    rig.sample(host);
    return effects;
  }

  private List<Effect> changed(List<Worker> workers) {
    host.replace(noisy, MappingState.RESOLVED, workers);
    host.revision++;
    return rig.feed(
        new Input.MappingChanged(new WorkersChanged(host.origin(), host.disks.get(noisy))));
  }

  @Test
  void restartedGuestEndsTheBreach() {
    agentBeginsAnew();
    host.replace(noisy, MappingState.RESOLVED, born(7_000));
    List<Effect> effects = mapped();
    assertThat(EngineRig.states(effects)).containsExactly("resolved");
    assertThat(EngineRig.alerts(effects).getFirst().summary()).contains("restarted");
    assertThat(EngineRig.sends(rig.seconds(2, host, this::storm))).isEmpty();
    assertThat(EngineRig.sends(rig.seconds(1, host, this::storm))).hasSize(1);
  }

  @Test
  void hostRebootEndsTheBreach() {
    agentBeginsAnew();
    host.boot = TestHost.uuid("boot", 2);
    assertThat(EngineRig.states(mapped())).containsExactly("resolved");
  }

  @Test
  void restartIsDetectedWhenTheWorkersAreKnownLater() {
    agentBeginsAnew();
    host.replace(noisy, MappingState.UNRESOLVED, List.of());
    assertThat(EngineRig.states(mapped())).doesNotContain("resolved");
    assertThat(EngineRig.states(changed(born(7_000)))).containsExactly("resolved");
  }

  @Test
  void guestWithTheSameWorkersWasNotRestarted() {
    agentBeginsAnew();
    assertThat(EngineRig.states(mapped())).doesNotContain("resolved");
    host.replace(noisy, MappingState.UNRESOLVED, List.of());
    agentBeginsAnew();
    mapped();
    assertThat(EngineRig.states(changed(born(0)))).doesNotContain("resolved");
  }

  @Test
  void reconnectedDiskDoesNotEndTheBreach() {
    assertThat(EngineRig.states(changed(born(7_000)))).doesNotContain("resolved");
    assertThat(EngineRig.states(mapped())).doesNotContain("resolved");
    agentBeginsAnew();
    assertThat(EngineRig.states(mapped())).doesNotContain("resolved");
    assertThat(EngineRig.states(rig.seconds(1, host, this::calm))).doesNotContain("resolved");
  }
}
