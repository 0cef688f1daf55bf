package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.controller.snapshot.FleetSnapshot;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A migration to the same host: two domains with one UUID and the same virtual disks. */
final class LocalMigrationTest {
  private final EngineRig rig = EngineRig.acting(EngineRig.SWAP_STORM);
  private final TestHost host = new TestHost("dom0-7");
  private final int source = host.addSwap(176);
  private final int other = host.add("vm5", 5, VolumeRole.ROOT, MappingState.RESOLVED);

  @Test
  void throttleOfTheMigrationSourceIsNotTheTargets() {
    rig.begin(host);
    Command first = EngineRig.only(rig.seconds(3, host, this::storm));
    rig.outcome(first, Outcome.Result.APPLIED);

    int target = host.add("vm176", 177, VolumeRole.SWAP, MappingState.RESOLVED);
    assertThat(host.disks.get(target).domain().uuid())
        .isEqualTo(host.disks.get(source).domain().uuid());
    List<Effect> effects = rig.map(host);
    assertThat(EngineRig.sends(effects)).isEmpty();

    effects =
        rig.seconds(
            5,
            host,
            () -> {
              storm();
              host.reads(target, 5, 1, 5, 0);
            });
    assertThat(EngineRig.sends(effects)).as("the idle target is left alone").isEmpty();
    assertThat(rig.step.snapshot(FleetSnapshot.Parts.busiest(0)).throttles())
        .singleElement()
        .satisfies(held -> assertThat(held.domain().domid()).isEqualTo(176));
  }

  private void storm() {
    host.reads(source, 800, 2, 990, 4);
    host.reads(other, 50, 40, 900, 2);
  }
}
