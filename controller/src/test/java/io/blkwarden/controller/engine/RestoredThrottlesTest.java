package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A second controller takes over a disk that the first one throttled a moment before. */
final class RestoredThrottlesTest {
  private final TestHost host = new TestHost("dom0-7");
  private final int noisy = host.addSwap(176);
  private final EngineRig first = EngineRig.acting(EngineRig.SWAP_STORM);
  private final EngineRig second = new EngineRig(99);
  private final CommandAction.Set set;
  private final Alert handled;

  RestoredThrottlesTest() {
    first.start(host);
    Command command = EngineRig.only(first.seconds(3, host, this::storm));
    set = EngineRig.set(command);
    handled = EngineRig.alerts(first.outcome(command, Outcome.Result.APPLIED)).getFirst();
    assertThat(handled.state()).isEqualTo(Alert.State.HANDLED);
    second.policies(EngineRig.SWAP_STORM);
  }

  private void storm() {
    host.reads(noisy, 800, 2, 990, 4);
  }

  private void calm() {
    host.reads(noisy, 1, 1, 1, 0);
  }

  private Heartbeat.HeldThrottle lease() {
    MappedDisk disk = host.disks.get(noisy);
    return new Heartbeat.HeldThrottle(
        set.lease(), disk.domain(), disk.disk().vdev(), set.restraint(), 50_000, null);
  }

  private void takeOver() {
    second.feed(new Input.AlertsRestored(List.of(handled), true));
    second.feed(new Input.LeadershipGained(8));
    second.tick();
  }

  /** The second controller found the breach as a standby, before the throttle was reported. */
  private void takeOverKnownBreach() {
    second.map(host);
    second.beat(host, true); // it knows the first leader
    second.sample(host);
    second.seconds(5, host, this::storm);
    takeOver();
  }

  @Test
  void alertStaysHandledUntilTheHeartbeatListsTheThrottle() {
    takeOverKnownBreach();
    second.seconds(3, host, this::storm);
    assertThat(EngineRig.alerts(second.all)).isEmpty();

    second.confirm(host, lease());
    List<Effect> effects = second.seconds(3, host, this::storm);

    assertThat(EngineRig.alerts(effects))
        .isNotEmpty()
        .allMatch(each -> each.id().equals(handled.id()))
        .allMatch(each -> each.state() == Alert.State.HANDLED);
    assertThat(EngineRig.sends(second.all))
        .allSatisfy(each -> assertThat(EngineRig.set(each).lease()).isEqualTo(set.lease()));
  }

  @Test
  void alertFiresIfNoHeartbeatConfirmsTheLeader() {
    takeOverKnownBreach();

    List<Effect> effects = second.seconds(20, host, this::storm);

    assertThat(EngineRig.states(effects)).startsWith("firing");
    assertThat(EngineRig.alerts(effects)).allMatch(each -> each.id().equals(handled.id()));
  }

  @Test
  void diskIsThrottledAgainIfTheHeartbeatListsNoThrottle() {
    takeOverKnownBreach();
    second.confirm(host);

    List<Effect> effects = second.seconds(1, host, this::storm);

    assertThat(EngineRig.set(EngineRig.only(effects)).lease()).isNotEqualTo(set.lease());
  }

  @Test
  void throttleIsReleasedWithTheAlertOfABreachThatIsOver() {
    takeOver();
    second.map(host);
    second.seconds(6, host, this::calm);
    assertThat(EngineRig.alerts(second.all)).as("the throttle is not known yet").isEmpty();

    second.confirm(host, lease());
    List<Effect> effects = second.seconds(4, host, this::calm);

    assertThat(EngineRig.states(effects)).containsExactly("resolved");
    Command release = EngineRig.only(effects);
    assertThat(release.action()).isEqualTo(new CommandAction.Reset(set.lease()));
    assertThat(release.reason()).contains("swap-storm", "the condition is over");
  }
}
