package io.blkwarden.simulation.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FleetSimulationTest {
  private static final int FRESH = 4;

  private static Figures holds(Plan plan) {
    Figures figures = new Simulation(plan, Parts.REAL).run();
    assertThat(figures.broken()).as(figures.complaint()).isEmpty();
    return figures;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void everyInvariantHoldsOnKnownSeeds(long seed) {
    assertThat(holds(new Plan(seed, 6, 30)).throttles()).isPositive();
  }

  /**
   * Others at each run; a failure names its seed and the command that runs it again. To hold one
   * fast here: {@code -Dblkwarden.sim.seed=N}.
   */
  @Test
  void everyInvariantHoldsOnFreshSeeds() {
    long first = Long.getLong("blkwarden.sim.seed", System.nanoTime() >>> 10);
    System.out.println("fresh seeds from " + first);
    for (long seed = first; seed < first + FRESH; seed++) {
      holds(new Plan(seed, 6, 30));
    }
  }

  @Test
  void everyInvariantHoldsForHundredsOfHosts() {
    assertThat(holds(new Plan(7, 200, 2)).throttles()).isPositive();
  }

  @Test
  void aSeedGivesTheSameRunAgain() {
    Plan plan = new Plan(3, 3, 5);
    String hash = new Simulation(plan, Parts.REAL).run().hash();
    assertThat(new Simulation(plan, Parts.REAL).run().hash()).isEqualTo(hash);
    assertThat(new Simulation(new Plan(1, 3, 5), Parts.REAL).run().hash()).isNotEqualTo(hash);
  }
}
