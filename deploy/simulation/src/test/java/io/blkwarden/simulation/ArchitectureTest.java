package io.blkwarden.simulation;

import io.blkwarden.testing.Architecture;
import io.blkwarden.testing.TestsAreRun;
import org.junit.jupiter.api.Test;

/** The rules of the simulation's packages. */
final class ArchitectureTest {
  private static final Architecture SIMULATION = new Architecture("io.blkwarden.simulation");

  @Test
  void everyPackageIsNullMarked() {
    SIMULATION.everyPackageIsNullMarked();
  }

  @Test
  void packagesHaveNoCycles() {
    SIMULATION.packagesHaveNoCycles();
  }

  @Test
  void everyTestIsRun() throws Exception {
    TestsAreRun.check(ArchitectureTest.class);
  }
}
