package io.blkwarden.controller.attribution;

import org.jspecify.annotations.Nullable;

/**
 * The sums of one disk over the slots of a window, by its neighbours' latency: its share of the
 * device's time, and the correlation of its work with that latency. The correlation is CPI2's
 * antagonist correlation (Zhang et al., EuroSys 2013, section 4.2), adapted to disks.
 *
 * <p>In CPI2, a suspect's CPU usage {@code u}, normalised to a sum of 1 over the window, is
 * weighted by how far the victim's cycles per instruction {@code c} are above or below a threshold
 * {@code t}: each sample adds {@code u(1 - t/c)} above and {@code u(c/t - 1)} below.
 *
 * <p>Here {@code c} is the median of the neighbours' mean I/O times, without the suspect's own, and
 * {@code u} is work at constant costs of I/Os and bytes: measured device time includes waiting, so
 * a victim's rises with its own latency. Two things differ. Affected and calm slots have the same
 * total weight, whatever their number: otherwise a disk with constant load would be suspect as soon
 * as most slots are affected. And {@code t} is the geometric mean of the latencies in affected and
 * in calm slots, not the limit of the rule: the result is the contrast of the latencies, {@code 1 -
 * sqrt(calm/affected)}, times the contrast of the work, {@code (affected - calm) / (affected +
 * calm)}.
 */
final class SuspectSums {
  private int known;
  private double busy;
  private double allBusy;
  private double affectedWork;
  private double affectedWait;
  private int affected;
  private double calmWork;
  private double calmWait;
  private int calm;
  private int calmWithIos;

  private SuspectSums() {}

  /**
   * Sums the slots in which the disk is known.
   *
   * @param affectedMillis neighbours are affected when their mean time of an I/O is longer
   */
  static SuspectSums of(
      AttributionWindow window, NeighbourLatencies latencies, int disk, double affectedMillis) {
    SuspectSums sums = new SuspectSums();
    for (int slot = 0; slot < window.slots(); slot++) {
      if (window.known(slot, disk)) {
        sums.add(window, slot, disk, latencies.besides(slot, disk), affectedMillis);
      }
    }
    return sums;
  }

  private void add(AttributionWindow window, int slot, int disk, double wait, double most) {
    known++;
    double work = window.work(slot, disk);
    if (wait > most) {
      affected++;
      affectedWork += work;
      affectedWait += Math.log(wait);
      busy += window.busy(slot, disk);
      allBusy += window.allBusy(slot);
    } else if (!Double.isNaN(wait)) {
      calm++;
      if (wait > 0) {
        calmWithIos++;
        calmWork += work;
        calmWait += Math.log(wait);
      }
    }
  }

  /** Whether the disk was measured in any slot. */
  boolean known() {
    return known > 0;
  }

  /** The disk as a suspect; absent when too little is known of it. */
  @Nullable Suspect suspect(int disk, int slots) {
    double correlation = correlation();
    return affected < AttributionRule.SLOTS_MIN
            || calm < AttributionRule.SLOTS_MIN
            || Double.isNaN(correlation)
        ? null
        : new Suspect(
            disk,
            allBusy > 0 ? busy / allBusy : 0,
            affectedWork / affected,
            correlation,
            (double) (affected + calm) / slots);
  }

  /** From -1 to 1; {@link Double#NaN} without affected and calm slots, and for an idle disk. */
  double correlation() {
    if (affected == 0 || calmWithIos == 0 || affectedWork + calmWork <= 0) {
      return Double.NaN;
    }
    double during = affectedWork / affected;
    double before = calmWork / calmWithIos;
    double latencies = 1 - Math.exp((calmWait / calmWithIos - affectedWait / affected) / 2);
    return latencies * (during - before) / (during + before);
  }
}
