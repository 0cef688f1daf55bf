package io.blkwarden.simulation.fleet;

import io.blkwarden.simulation.fleet.Oracle.Violation;
import io.blkwarden.simulation.fleet.Simulation.Plan;
import java.util.List;

/**
 * The result of one run.
 *
 * @param plan parameters of the run
 * @param events number of events
 * @param hash hash of all events, in order
 * @param violations violated invariants, at most the first ten of each
 * @param throttles number of throttles
 * @param wrong descriptions of the throttles of disks that did not swap
 * @param reliefMillis times from the start of a storm until its disk was restrained
 * @param last the last events
 */
record RunResult(
    Plan plan,
    long events,
    long hash,
    List<Violation> violations,
    int throttles,
    List<String> wrong,
    List<Long> reliefMillis,
    List<String> last) {
  /** The violations, the last events, and the command that repeats the run. */
  String describeViolations() {
    return "seed %d violated invariants:\n  %s\nlast events:\n  %s\n%s"
        .formatted(
            plan.seed(),
            String.join("\n  ", violations.stream().map(Violation::toString).toList()),
            String.join("\n  ", last),
            repeat());
  }

  /** The wrong throttles, and the command that repeats the run. */
  String describeWrong() {
    return "seed %d throttled wrongly:\n  %s\n%s"
        .formatted(plan.seed(), String.join("\n  ", wrong), repeat());
  }

  private String repeat() {
    return "to repeat it: deploy/fleet-sim --seeds 1 --seed %d --hosts %d --minutes %d"
        .formatted(plan.seed(), plan.hosts(), plan.minutes());
  }
}
