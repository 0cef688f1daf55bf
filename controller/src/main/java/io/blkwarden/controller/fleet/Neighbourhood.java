package io.blkwarden.controller.fleet;

/**
 * A disk and the other guests' disks on its device in one window; mutable, reused for all disks.
 *
 * <p>Of several devices, the one with the busiest neighbours counts. Rates are per second; unknown
 * values are {@link Double#NaN}.
 */
public final class Neighbourhood {
  private double ownIos;
  private double ownUtil;
  private double otherIos;
  private double otherBusyMillis;
  private double otherInFlight;
  private double deviceIos;

  void set(
      double ownIos,
      double ownUtil,
      double otherIos,
      double otherBusyMillis,
      double otherInFlight,
      double deviceIos) {
    this.ownIos = ownIos;
    this.ownUtil = ownUtil;
    this.otherIos = otherIos;
    this.otherBusyMillis = otherBusyMillis;
    this.otherInFlight = otherInFlight;
    this.deviceIos = deviceIos;
  }

  /** I/Os per second of the disk. */
  public double ownIos() {
    return ownIos;
  }

  /** Share of the time in which the disk had I/O in flight. */
  public double ownUtil() {
    return ownUtil;
  }

  /** I/Os per second of the neighbours. */
  public double otherIos() {
    return otherIos;
  }

  /** Total time of the neighbours' I/Os, in ms per second. */
  public double otherBusyMillis() {
    return otherBusyMillis;
  }

  /** I/Os of the neighbours in flight when the sample was taken. */
  public double otherInFlight() {
    return otherInFlight;
  }

  /** I/Os per second of the physical device. */
  public double deviceIos() {
    return deviceIos;
  }
}
