package io.blkwarden.simulation.fleet;

import io.blkwarden.model.Require;

/**
 * What one run is made of.
 *
 * @param seed all chance comes from it
 * @param hosts simulated dom0s, 1 to 1,000
 * @param minutes of virtual time, 1 to 10,080
 */
record Plan(long seed, int hosts, int minutes) {
  Plan {
    Require.within(hosts, 1, 1_000, "hosts");
    Require.within(minutes, 1, 10_080, "minutes");
  }

  long millis() {
    return minutes * 60_000L;
  }
}
