package io.blkwarden.agent.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.mapping.MappingResolver.Resolution;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.UnresolvedReason;
import io.blkwarden.testing.Property;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Over random hosts and churn, no thread is mapped to a disk that it does not serve, no ring is
 * missed, and disks with traced I/O are resolved finally.
 */
final class NeverWrongPropertyTest {
  private static final int STEPS = 100;

  private final MappingResolver resolver = new MappingResolver(RolePatterns.DEFAULTS);

  @Test
  void neverMapsAThreadToAWrongDisk() {
    Property.checkSeeds(
        300,
        seed -> {
          SplittableRandom random = new SplittableRandom(seed);
          SimulatedHost host = new SimulatedHost(random);
          Evidence evidence = Evidence.none();
          for (int step = 0; step < STEPS; step++) {
            host.churn();
            if (random.nextInt(3) > 0) {
              Resolution resolution = resolve(host, evidence, "seed " + seed + ", step " + step);
              evidence = random.nextInt(60) == 0 ? Evidence.none() : resolution.next();
            }
          }

          host.settle();
          Set<String> unresolved = Set.of();
          for (int round = 0; round < 6; round++) {
            host.ioEverywhere();
            Resolution resolution = resolve(host, evidence, "seed " + seed + ", round " + round);
            evidence = resolution.next();
            unresolved = unresolved(resolution, host.provable());
            host.passTime(Rings.YOUNG_TICKS);
          }
          assertThat(unresolved).as("seed %d, %s: unresolved in the end", seed, host).isEmpty();
        });
  }

  @Test
  void simulationCoversEveryProofAndReason() {
    Set<String> seen = new TreeSet<>();
    for (long seed = 0; seed < 60; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      SimulatedHost host = new SimulatedHost(random);
      Evidence evidence = Evidence.none();
      for (int step = 0; step < STEPS; step++) {
        host.churn();
        Resolution resolution = resolve(host, evidence, "seed " + seed + ", step " + step);
        evidence = resolution.next();
        resolution
            .disks()
            .forEach(disk -> {
              disk.workers().forEach(worker -> seen.add(worker.proof().wire()));
              UnresolvedReason reason = disk.reason();
              if (reason != null) {
                seen.add(reason.wire());
              }
            });
      }
    }
    assertThat(seen)
        .contains(
            "kthread-pid",
            "full-name",
            "counter-bracket",
            "traced-bio",
            "elimination",
            "ambiguous-name",
            "rings-missing",
            "no-thread-yet",
            "not-connected");
  }

  private Resolution resolve(SimulatedHost host, Evidence evidence, String when) {
    Resolution resolution = resolver.resolve(host.scan(), evidence);
    assertThat(host.lies(resolution.disks())).as("%s: %s", when, host).isEmpty();
    host.trace(resolution.devicesToTrace());
    return resolution;
  }

  private static Set<String> unresolved(Resolution resolution, Set<String> provable) {
    return resolution.disks().stream()
        .filter(disk -> disk.state() != MappingState.RESOLVED)
        .map(NeverWrongPropertyTest::name)
        .filter(name -> provable.contains(name.substring(0, name.indexOf(' '))))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String name(MappedDisk disk) {
    return disk.domain().domid() + "/" + disk.disk().vdev() + " " + disk.reason();
  }
}
