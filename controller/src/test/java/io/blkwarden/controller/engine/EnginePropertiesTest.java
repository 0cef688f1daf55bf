package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.model.DiskKey;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.testing.Property;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The invariants hold for random fleets with random faults. */
final class EnginePropertiesTest {
  private static final int HOSTS = 4;
  private static final int DISKS = 4;
  private static final int SECONDS = 120;

  /** A run with a seed: storms, lost batches, and agents that answer, refuse or do not answer. */
  private static final class Run {
    final EngineRig rig;
    final Random chance;
    final List<TestHost> hosts = new ArrayList<>();
    final List<Command> unanswered = new ArrayList<>();
    final Map<MessageId, HostId> leases = new HashMap<>();
    final Map<MessageId, DiskKey> leaseDisks = new HashMap<>();
    final Map<MessageId, Long> leaseEnds = new HashMap<>();
    final Set<MessageId> applied = new HashSet<>();
    boolean claimed = true;

    Run(long seed) {
      rig = new EngineRig(seed);
      chance = new Random(seed);
      rig.policies(EngineRig.SWAP_STORM);
      rig.feed(new Input.LeadershipGained(1));
      for (int h = 0; h < HOSTS; h++) {
        TestHost host = new TestHost("dom0-" + h);
        host.addSwap(1);
        host.addSwap(2);
        host.add("vm-billing", 3, VolumeRole.SWAP, MappingState.RESOLVED);
        host.add("vm4", 4, VolumeRole.SWAP, MappingState.UNRESOLVED);
        hosts.add(host);
        rig.start(host);
      }
    }

    void second() {
      rig.pass(1_000, hosts.toArray(TestHost[]::new));
      if (chance.nextInt(40) == 0) {
        claimed = !claimed;
        check(claimed ? rig.lead(2) : rig.feed(new Input.LeadershipLost()));
      }
      for (TestHost host : hosts) {
        for (int row = 0; row < DISKS; row++) {
          boolean storms = (rig.millis / 20_000 + row + host.id.value().hashCode()) % 3 != 0;
          host.reads(row, storms ? 900 : 2, 3, storms ? 950 : 5, storms ? 3 : 0);
        }
        if (chance.nextInt(30) == 0) {
          boolean resolved = chance.nextBoolean();
          host.replace(
              0,
              resolved ? MappingState.RESOLVED : MappingState.UNRESOLVED,
              resolved ? List.of(TestHost.worker(1, rig.millis)) : List.of());
          host.revision++;
          check(rig.map(host));
        }
        if (chance.nextInt(8) != 0) {
          check(rig.sample(host));
        }
      }
      check(rig.tick());
      answer();
      leaseEnds.values().removeIf(end -> end < rig.millis);
      leases.keySet().retainAll(leaseEnds.keySet());
    }

    private void answer() {
      for (Command command : List.copyOf(unanswered)) {
        unanswered.remove(command);
        switch (chance.nextInt(6)) {
          case 0 -> check(rig.feed(new Input.CommandAbandoned(command.id(), "no responders")));
          case 1 -> {
            refused(command);
            check(rig.outcome(command, Outcome.Result.REFUSED, Outcome.Refusal.GATE));
          }
          default -> {
            boolean set = command.action() instanceof CommandAction.Set;
            done(command);
            check(rig.outcome(command, set ? Outcome.Result.APPLIED : Outcome.Result.RELEASED));
          }
        }
      }
    }

    private void done(Command command) {
      if (command.action() instanceof CommandAction.Reset reset) {
        leases.remove(reset.lease());
        leaseEnds.remove(reset.lease());
      } else if (command.action() instanceof CommandAction.Set set) {
        applied.add(set.lease());
      }
    }

    /** A refused new lease is removed; an active one continues. */
    private void refused(Command command) {
      if (command.action() instanceof CommandAction.Set set && !applied.contains(set.lease())) {
        leases.remove(set.lease());
        leaseEnds.remove(set.lease());
      }
    }

    private void check(List<Effect> effects) {
      for (Command command : EngineRig.sends(effects)) {
        assertThat(claimed).as("a command without leadership: %s", command).isTrue();
        unanswered.add(command);
        if (command.action() instanceof CommandAction.Set set) {
          check(command, set);
        }
      }
    }

    private void check(Command command, CommandAction.Set set) {
      TestHost host =
          hosts.stream().filter(each -> each.id.equals(command.host())).findFirst().orElseThrow();
      DiskKey key = DiskKey.of(set.domain(), set.vdev());
      MappedDisk disk =
          host.disks.stream().filter(each -> each.key().equals(key)).findFirst().orElseThrow();
      assertThat(disk.state()).isEqualTo(MappingState.RESOLVED);
      assertThat(set.workers()).containsExactly(disk.workers().getFirst().id());
      assertThat(set.domain().name()).doesNotStartWith("vm-billing");
      assertThat(set.restraint()).isInstanceOf(Restraint.Priority.class);
      assertThat(set.leaseMs()).isBetween(1_000L, CommandAction.Set.MAX_LEASE_MS);
      boolean first = !leases.containsValue(command.host());
      leases.put(set.lease(), command.host());
      leaseDisks.put(set.lease(), key);
      leaseEnds.put(set.lease(), rig.millis + set.leaseMs());
      if (first) { // a throttle without effect can have an effect later
        assertThat(rig.step.engine.throttleTable.all())
            .filteredOn(each -> each.state.counts())
            .extracting(each -> each.host)
            .satisfies(throttled -> assertThat(Set.copyOf(throttled)).hasSizeLessThanOrEqualTo(2));
      }
    }
  }

  /** Invariants 4 to 6: safety checks, leadership and safety limits apply to every command. */
  @Test
  void noCommandViolatesASafetyCheck() {
    Property.checkSeeds(
        40,
        seed -> {
          Run run = new Run(seed);
          for (int i = 0; i < SECONDS; i++) {
            run.second();
          }
        });
  }

  /** Invariant 2: after the storm, each lease is released or no longer renewed. */
  @Test
  void everyLeaseEnds() {
    Property.checkSeeds(
        20,
        seed -> {
          Run run = new Run(seed);
          for (int i = 0; i < SECONDS; i++) {
            run.second();
          }
          long calm = run.rig.millis + 10_000;
          for (int i = 0; i < 80; i++) {
            run.rig.pass(1_000, run.hosts.toArray(TestHost[]::new));
            List<Effect> effects = new ArrayList<>();
            for (TestHost host : run.hosts) {
              for (int row = 0; row < DISKS; row++) {
                host.reads(row, 0, 0, 0, 0);
              }
              effects.addAll(run.rig.sample(host));
            }
            effects.addAll(run.rig.tick());
            boolean sets =
                EngineRig.sends(effects).stream()
                    .anyMatch(each -> each.action() instanceof CommandAction.Set);
            assertThat(sets && run.rig.millis > calm).as("a needless renewal").isFalse();
          }
        });
  }

  /** The same inputs give the same effects. */
  @Test
  void stepIsDeterministic() {
    Property.checkSeeds(
        10,
        seed -> {
          assertThat(effects(seed)).isEqualTo(effects(seed));
        });
  }

  private static List<Effect> effects(long seed) {
    Run run = new Run(seed);
    for (int i = 0; i < 60; i++) {
      run.second();
    }
    return run.rig.all;
  }

  /** Invariant 5: an alert is only resolved by samples, or with its disk or policy. */
  @Test
  void noAlertIsResolvedWithoutSamples() {
    Property.checkSeeds(
        20,
        seed -> {
          Run run = new Run(seed);
          for (int i = 0; i < 30; i++) {
            run.second();
          }
          Map<MessageId, Alert.@Nullable State> last = new HashMap<>();
          EngineRig.alerts(run.rig.all).forEach(alert -> last.put(alert.id(), alert.state()));
          Set<MessageId> open = new HashSet<>(last.keySet());
          open.removeIf(id -> last.get(id) == Alert.State.RESOLVED);
          for (int i = 0; i < 100; i++) {
            run.rig.pass(1_000);
            List<Effect> effects = run.rig.tick();
            assertThat(EngineRig.states(effects)).doesNotContain("resolved", "handled");
            for (Command command : EngineRig.sends(effects)) {
              assertThat(command.action()).isNotInstanceOf(CommandAction.Set.class);
            }
            EngineRig.alerts(effects).forEach(alert -> last.put(alert.id(), alert.state()));
          }
          if (run.claimed) {
            assertThat(open).allMatch(id -> last.get(id) == Alert.State.UNKNOWN);
          }
        });
  }
}
