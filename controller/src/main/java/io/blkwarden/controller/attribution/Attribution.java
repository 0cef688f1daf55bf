package io.blkwarden.controller.attribution;

import io.blkwarden.controller.attribution.Verdict.Confidence;
import io.blkwarden.controller.attribution.Verdict.Culprits;
import io.blkwarden.controller.attribution.Verdict.NoClearCulprit;
import io.blkwarden.controller.attribution.Verdict.Reason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The algorithm that finds the disks that cause the latency of others on one device.
 *
 * <p>It ranks disks by their share of device time, confirms them by {@link
 * SuspectSums#correlation}, and requires a margin over the runner-up. A disk's own latency is not
 * evidence against it. Unknown slots do not count.
 */
public final class Attribution {
  private static final Comparator<Suspect> WORST_FIRST =
      Comparator.comparingDouble(Suspect::score)
          .thenComparingDouble(Suspect::share)
          .reversed()
          .thenComparingInt(Suspect::disk);

  private Attribution() {}

  /** Evaluates a window. */
  public static Verdict evaluate(AttributionWindow window, AttributionRule rule) {
    NeighbourLatencies latencies = NeighbourLatencies.of(window);
    List<Suspect> suspects = new ArrayList<>();
    int known = 0;
    for (int disk = 0; disk < window.disks(); disk++) {
      SuspectSums sums = SuspectSums.of(window, latencies, disk, rule.hurtAwaitMillis());
      known += sums.known() ? 1 : 0;
      Suspect suspect = sums.suspect(disk, window.slots());
      if (suspect != null) {
        suspects.add(suspect);
      }
    }
    suspects.sort(WORST_FIRST);
    if (known < 2) {
      return new NoClearCulprit(Reason.NO_NEIGHBOURS, suspects);
    }
    if (suspects.isEmpty()) {
      return new NoClearCulprit(Reason.TOO_FEW_SAMPLES, suspects);
    }
    return weigh(window, latencies, rule, suspects);
  }

  private static Verdict weigh(
      AttributionWindow window,
      NeighbourLatencies latencies,
      AttributionRule rule,
      List<Suspect> suspects) {
    Suspect first = suspects.getFirst();
    List<Suspect> named =
        suspects.stream()
            .filter(suspect -> suspect.share() >= AttributionRule.SHARE_MIN)
            .filter(suspect -> suspect.correlation() >= rule.correlationMin())
            .filter(suspect -> suspect.score() >= AttributionRule.PARTNER_MIN * first.score())
            .filter(suspect -> suspect.work() >= AttributionRule.PARTNER_MIN * first.work())
            .toList();
    if (named.isEmpty()) {
      return new NoClearCulprit(unnamed(window, latencies, rule, suspects), suspects);
    }
    double runnerUp =
        suspects.stream()
            .filter(suspect -> !named.contains(suspect))
            .mapToDouble(Suspect::score)
            .max()
            .orElse(0);
    double margin = named.getLast().score() - runnerUp;
    if (margin < rule.marginMin()) {
      return new NoClearCulprit(Reason.MARGIN, suspects);
    }
    double share = Math.min(1, named.stream().mapToDouble(Suspect::share).sum());
    return new Culprits(
        named,
        new Confidence(
            share,
            least(named, Suspect::correlation),
            Math.min(1, margin),
            least(named, Suspect::coverage)));
  }

  private static double least(List<Suspect> named, ToDoubleFunction<Suspect> value) {
    return named.stream().mapToDouble(value).min().orElse(0);
  }

  private static Reason unnamed(
      AttributionWindow window,
      NeighbourLatencies latencies,
      AttributionRule rule,
      List<Suspect> suspects) {
    if (!loadRose(window, latencies, rule)) {
      return Reason.SLOW_DEVICE;
    }
    boolean large =
        suspects.stream().anyMatch(suspect -> suspect.share() >= AttributionRule.SHARE_MIN);
    return large ? Reason.NO_CORRELATION : Reason.MANY_SMALL;
  }

  private static boolean loadRose(
      AttributionWindow window, NeighbourLatencies latencies, AttributionRule rule) {
    double affected = 0;
    double calm = 0;
    int affectedSlots = 0;
    int calmSlots = 0;
    for (int slot = 0; slot < window.slots(); slot++) {
      double await = latencies.ofAll(slot);
      double work = window.allWork(slot);
      if (await > rule.hurtAwaitMillis()) {
        affected += work;
        affectedSlots++;
      } else if (!Double.isNaN(await)) {
        calm += work;
        calmSlots++;
      }
    }
    return affected * calmSlots > AttributionRule.LOAD_RISE_MIN * calm * affectedSlots;
  }
}
