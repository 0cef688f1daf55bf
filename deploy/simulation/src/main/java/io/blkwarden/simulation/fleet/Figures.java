package io.blkwarden.simulation.fleet;

import java.util.List;

/**
 * What one run gave.
 *
 * @param plan what was run
 * @param events how many things happened
 * @param hash over all of them, in order
 * @param broken invariants that did not hold, at most the first ten times of each
 * @param throttles how often a calm disk was restrained
 * @param wrong those of these that were of a disk that did not swap, in words
 * @param reliefMillis times from a storm's start until the disk was restrained
 * @param end the last things that happened
 */
record Figures(
    Plan plan,
    long events,
    String hash,
    List<Broken> broken,
    int throttles,
    List<String> wrong,
    List<Long> reliefMillis,
    List<String> end) {
  Figures {
    broken = List.copyOf(broken);
    wrong = List.copyOf(wrong);
    reliefMillis = List.copyOf(reliefMillis);
    end = List.copyOf(end);
  }

  /** What was broken, the last that happened, and how to run exactly this again. */
  String complaint() {
    StringBuilder text = new StringBuilder("seed " + plan.seed() + " broke:");
    broken.forEach(each ->
        text.append(
            "\n  invariant %d at %d ms: %s"
                .formatted(each.invariant(), each.atMillis(), each.what())));
    text.append("\nthe last that happened:");
    end.forEach(line -> text.append("\n  ").append(line));
    return text.append("\n").append(again()).toString();
  }

  /** The wrong throttles, and how to run exactly this again. */
  String mistakes() {
    return "seed %d throttled wrongly:\n  %s\n%s"
        .formatted(plan.seed(), String.join("\n  ", wrong), again());
  }

  private String again() {
    return "to run it again: deploy/fleet-sim --seeds 1 --seed %d --hosts %d --minutes %d"
        .formatted(plan.seed(), plan.hosts(), plan.minutes());
  }
}
