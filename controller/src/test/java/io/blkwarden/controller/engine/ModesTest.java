package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.model.DiskRef;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Only {@code auto} acts, and only on disks that match the policy. */
final class ModesTest {
  private final TestHost host = new TestHost("dom0-7");
  private final int noisy = host.addSwap(176);

  private void storm() {
    host.reads(noisy, 800, 2, 990, 4);
  }

  private static EngineRig rig(String mode) {
    return EngineRig.acting(EngineRig.SWAP_STORM.replace("mode: auto", "mode: " + mode));
  }

  private Heartbeat.HeldThrottle lease() {
    MappedDisk disk = host.disks.get(noisy);
    return new Heartbeat.HeldThrottle(
        MessageId.of(1, new Random(3)),
        disk.domain(),
        disk.disk().vdev(),
        Restraint.Priority.bestEffort(7),
        30_000,
        null);
  }

  @ParameterizedTest
  @ValueSource(strings = {"observe", "shadow", "approve"})
  void onlyAutoSendsCommands(String mode) {
    EngineRig rig = rig(mode);
    rig.start(host);
    rig.beat(host, true, lease());

    List<Effect> effects = new ArrayList<>(rig.seconds(40, host, this::storm));
    effects.addAll(rig.seconds(10, host, () -> host.reads(noisy, 1, 1, 1, 0)));

    assertThat(EngineRig.sends(effects)).isEmpty();
    assertThat(EngineRig.states(effects)).startsWith("firing").endsWith("resolved");
  }

  @Test
  void shadowRecordsWhatItWouldDo() {
    EngineRig rig = rig("shadow");
    rig.start(host);

    List<Effect> effects = rig.seconds(4, host, this::storm);

    Alert.Action action = EngineRig.action(EngineRig.alerts(effects).getLast());
    assertThat(action.priority()).isEqualTo(IoPriority.bestEffort(7));
    assertThat(action.throttle()).isNull();
    assertThat(EngineRig.decisions(effects)).singleElement().asString().startsWith("shadow: ");
  }

  @Test
  void autoAdoptsAnExistingLease() {
    EngineRig rig = rig("auto");
    rig.start(host);
    Heartbeat.HeldThrottle held = lease();
    rig.beat(host, true, held);

    List<Effect> effects = rig.seconds(25, host, this::storm);

    assertThat(EngineRig.sends(effects)).isNotEmpty();
    assertThat(EngineRig.set(EngineRig.sends(effects).getFirst()).lease()).isEqualTo(held.lease());
  }

  @Test
  void autoLeavesAThrottleOfAnOperatorOnTheHostAlone() {
    EngineRig rig = rig("auto");
    rig.start(host);
    Heartbeat.HeldThrottle found = lease();
    rig.beat(
        host,
        true,
        new Heartbeat.HeldThrottle(
            found.lease(),
            found.domain(),
            found.vdev(),
            new Restraint.Priority(IoPriority.bestEffort(7)),
            600_000,
            true));

    List<Effect> effects = new ArrayList<>(rig.seconds(40, host, this::storm));
    effects.addAll(rig.seconds(20, host, () -> host.reads(noisy, 1, 1, 1, 0)));

    assertThat(EngineRig.sends(effects)).isEmpty();
    assertThat(EngineRig.decisions(effects))
        .anySatisfy(each ->
            assertThat(each.toString()).contains("already throttled by an operator on the host"));
    assertThat(EngineRig.states(effects)).startsWith("firing").endsWith("resolved");
  }

  @Test
  void throttleOfAnOperatorOnTheHostDoesNotCountAgainstTheSafetyLimits() {
    EngineRig rig = EngineRig.acting(EngineRig.SWAP_STORM + "brakes: { disks_per_host: 1 }\n");
    int other = host.addSwap(177);
    rig.start(host);
    MappedDisk disk = host.disks.get(other);
    rig.beat(
        host,
        true,
        new Heartbeat.HeldThrottle(
            MessageId.of(1, new Random(5)),
            disk.domain(),
            disk.disk().vdev(),
            Restraint.Priority.IDLE,
            600_000,
            true));

    List<Command> sent = EngineRig.sends(rig.seconds(5, host, this::storm));

    assertThat(EngineRig.set(sent.getFirst()).domain()).isEqualTo(host.disks.get(noisy).domain());
  }

  /** Throttles, releases and waits; then a heartbeat still has the lease. */
  private MessageId namedAgain(EngineRig rig, int secondsLater) {
    rig.start(host);
    Command set = EngineRig.sends(rig.seconds(3, host, this::storm)).getFirst();
    rig.outcome(set, Outcome.Result.APPLIED);
    List<Effect> over = rig.seconds(6, host, () -> host.reads(noisy, 1, 1, 1, 0));
    rig.outcome(EngineRig.sends(over).getFirst(), Outcome.Result.RELEASED);
    rig.seconds(secondsLater, host, () -> host.reads(noisy, 1, 1, 1, 0));
    Heartbeat.HeldThrottle held = lease();
    MessageId id = EngineRig.set(set).lease();
    rig.beat(
        host,
        true,
        new Heartbeat.HeldThrottle(id, held.domain(), held.vdev(), held.restraint(), 60_000, null));
    return id;
  }

  @Test
  void lateHeartbeatDoesNotRestoreAnEndedLease() {
    EngineRig rig = rig("auto");
    MessageId old = namedAgain(rig, 1);

    List<Command> sent = EngineRig.sends(rig.seconds(4, host, this::storm));

    assertThat(sent)
        .singleElement()
        .satisfies(each -> assertThat(EngineRig.set(each).lease()).isNotEqualTo(old));
  }

  @Test
  void leaseListedLongAfterItsEndIsInForce() {
    EngineRig rig = rig("auto");
    MessageId old = namedAgain(rig, 12);

    List<Command> sent = EngineRig.sends(rig.seconds(35, host, this::storm));

    assertThat(sent)
        .isNotEmpty()
        .allSatisfy(each -> assertThat(EngineRig.set(each).lease()).isEqualTo(old));
  }

  @Test
  void diskThatNoLongerMatchesIsReleasedAndItsAlertResolved() {
    EngineRig rig = rig("auto");
    rig.start(host);
    var command = EngineRig.sends(rig.seconds(3, host, this::storm)).getFirst();
    rig.outcome(command, Outcome.Result.APPLIED);

    rename("web176");
    host.revision++;
    List<Effect> effects = rig.map(host);

    assertThat(EngineRig.sends(effects))
        .singleElement()
        .satisfies(sent -> assertThat(sent.action()).isInstanceOf(CommandAction.Reset.class));
    assertThat(EngineRig.alerts(effects))
        .singleElement()
        .satisfies(alert -> {
          assertThat(alert.state()).isEqualTo(Alert.State.RESOLVED);
          assertThat(alert.summary()).contains("no longer matches it");
        });
    rig.outcome(EngineRig.sends(effects).getFirst(), Outcome.Result.RELEASED);
    assertThat(EngineRig.sends(rig.seconds(60, host, this::storm))).isEmpty();
  }

  private void rename(String name) {
    MappedDisk disk = host.disks.get(noisy);
    host.disks.set(
        noisy,
        new MappedDisk(
            new DomainRef(disk.domain().uuid(), disk.domain().domid(), name),
            new DiskRef(
                disk.disk().vdev(),
                disk.disk().handle(),
                disk.disk().backend(),
                disk.disk().mode()),
            disk.volume(),
            disk.physical(),
            disk.state(),
            disk.reason(),
            disk.workers(),
            Map.of()));
  }
}
