package io.blkwarden.controller.attribution;

/**
 * The correlation of a suspect's work with its neighbours' latency: CPI2's antagonist correlation
 * (Zhang et al., EuroSys 2013, section 4.2), adapted to disks.
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
final class Correlation {
  private double affectedWork;
  private double affectedWait;
  private int affected;
  private double calmWork;
  private double calmWait;
  private int calm;

  private Correlation() {}

  /** From -1 to 1; {@link Double#NaN} without affected and calm slots, and for an idle disk. */
  static double of(
      AttributionWindow window, NeighbourLatencies latencies, int disk, double affectedMillis) {
    Correlation sums = new Correlation();
    for (int slot = 0; slot < window.slots(); slot++) {
      if (window.known(slot, disk)) {
        sums.add(window.work(slot, disk), latencies.besides(slot, disk), affectedMillis);
      }
    }
    return sums.value();
  }

  private void add(double work, double wait, double affectedMillis) {
    if (wait > affectedMillis) {
      affectedWork += work;
      affectedWait += Math.log(wait);
      affected++;
    } else if (wait > 0) {
      calmWork += work;
      calmWait += Math.log(wait);
      calm++;
    }
  }

  private double value() {
    if (affected == 0 || calm == 0 || affectedWork + calmWork <= 0) {
      return Double.NaN;
    }
    double during = affectedWork / affected;
    double before = calmWork / calm;
    double latencies = 1 - Math.exp((calmWait / calm - affectedWait / affected) / 2);
    return latencies * (during - before) / (during + before);
  }
}
