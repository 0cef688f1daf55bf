package io.blkwarden.controller.attribution;

/**
 * How far a suspect's work rises and falls with its neighbours' waiting: CPI2's antagonist
 * correlation (Zhang et al., EuroSys 2013, section 4.2), carried over to disks.
 *
 * <p>There: a suspect's CPU usage {@code u}, normalised so that it sums to 1 over the window,
 * weighs by how much the victim's cycles per instruction {@code c} are above or below a threshold
 * {@code t}: each sample adds {@code u(1 - t/c)} above and {@code u(c/t - 1)} below.
 *
 * <p>Here {@code c} is the median of the neighbours' mean I/O times, without the suspect's own, and
 * {@code u} is work at a constant price for each I/O and byte: measured device time contains
 * waiting, so a victim's rises with its own pain. Two things differ. Hurt and calm slots weigh the
 * same together however many there are of each: else a disk that always does the same is suspect as
 * soon as most slots are hurt. And {@code t} is the geometric mean of the waits in the hurt and in
 * the calm slots, not the limit of what hurts: with it the result is the contrast of the waits,
 * {@code 1 - sqrt(calm/hurt)}, times the contrast of the work, {@code (hurt - calm) / (hurt +
 * calm)}.
 */
final class Correlation {
  private double hurtWork;
  private double hurtWait;
  private int hurt;
  private double calmWork;
  private double calmWait;
  private int calm;

  private Correlation() {}

  /** From -1 to 1; {@link Double#NaN} without hurt and calm slots, and for one that did nothing. */
  static double of(
      AttributionWindow window, NeighbourLatencies waits, int disk, double hurtMillis) {
    Correlation sums = new Correlation();
    for (int slot = 0; slot < window.slots(); slot++) {
      if (window.known(slot, disk)) {
        sums.add(window.work(slot, disk), waits.besides(slot, disk), hurtMillis);
      }
    }
    return sums.value();
  }

  private void add(double work, double wait, double hurtMillis) {
    if (wait > hurtMillis) {
      hurtWork += work;
      hurtWait += Math.log(wait);
      hurt++;
    } else if (wait > 0) {
      calmWork += work;
      calmWait += Math.log(wait);
      calm++;
    }
  }

  private double value() {
    if (hurt == 0 || calm == 0 || hurtWork + calmWork <= 0) {
      return Double.NaN;
    }
    double during = hurtWork / hurt;
    double before = calmWork / calm;
    double waits = 1 - Math.exp((calmWait / calm - hurtWait / hurt) / 2);
    return waits * (during - before) / (during + before);
  }
}
