package io.blkwarden.controller.attribution;

import io.blkwarden.controller.attribution.Verdict.Culprits;
import io.blkwarden.controller.attribution.Verdict.NoClearCulprit;
import io.blkwarden.controller.attribution.model.Incident;
import java.util.Set;
import java.util.stream.Collectors;

/** An attribution method: the product's, and two simple ones for comparison. */
enum Accuser {
  BLAME("blame"),
  /** The disk with the most I/Os while its neighbours' latency was high; none if it never was. */
  TOP_IOPS("top IOPS"),
  /** CPI2's formula alone, over measured device time; the highest at or above 0.35. */
  CORRELATION("correlation");

  static final AttributionRule RULE =
      new AttributionRule(
          Incident.HURT_MILLIS, AttributionRule.CORRELATION_MIN, AttributionRule.MARGIN_MIN);

  final String title;

  Accuser(String title) {
    this.title = title;
  }

  Set<Integer> accuse(AttributionWindow window) {
    return switch (this) {
      case BLAME -> blame(window);
      case TOP_IOPS -> top(window, Double.MIN_VALUE, Accuser::hurtIos);
      case CORRELATION -> top(window, AttributionRule.CORRELATION_MIN, Accuser::correlation);
    };
  }

  private interface Weight {
    double of(AttributionWindow window, int disk);
  }

  private static Set<Integer> blame(AttributionWindow window) {
    return switch (Attribution.evaluate(window, RULE)) {
      case Culprits culprits ->
          culprits.named().stream().map(Suspect::disk).collect(Collectors.toSet());
      case NoClearCulprit _ -> Set.of();
    };
  }

  private static Set<Integer> top(AttributionWindow window, double least, Weight weight) {
    int top = -1;
    double best = least;
    for (int disk = 0; disk < window.disks(); disk++) {
      double value = weight.of(window, disk);
      if (value >= best) {
        best = value;
        top = disk;
      }
    }
    return top < 0 ? Set.of() : Set.of(top);
  }

  private static double hurtIos(AttributionWindow window, int disk) {
    NeighbourLatencies waits = NeighbourLatencies.of(window);
    double sum = 0;
    for (int slot = 0; slot < window.slots(); slot++) {
      boolean hurt = waits.besides(slot, disk) > Incident.HURT_MILLIS;
      sum += hurt && window.known(slot, disk) ? window.iops(slot, disk) : 0;
    }
    return sum;
  }

  private static double correlation(AttributionWindow window, int disk) {
    NeighbourLatencies waits = NeighbourLatencies.of(window);
    double limit = Incident.HURT_MILLIS;
    double sum = 0;
    double usage = 0;
    for (int slot = 0; slot < window.slots(); slot++) {
      double await = waits.besides(slot, disk);
      if (window.known(slot, disk) && !Double.isNaN(await)) {
        double weight = await > limit ? 1 - limit / await : await / limit - 1;
        usage += window.busy(slot, disk);
        sum += window.busy(slot, disk) * weight;
      }
    }
    return usage > 0 ? sum / usage : Double.NaN;
  }
}
