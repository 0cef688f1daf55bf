package io.blkwarden.controller.fleet;

/**
 * A disk and the other guests' disks on its device in one window; mutable, one serves all.
 *
 * <p>On several devices, the busiest neighbours count. Rates are a second; unknown is {@link
 * Double#NaN}.
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

  /** I/Os a second that the disk completed. */
  public double ownIos() {
    return ownIos;
  }

  /** Part of the time in which the disk had I/O in flight. */
  public double ownUtil() {
    return ownUtil;
  }

  /** I/Os a second that the neighbours completed. */
  public double otherIos() {
    return otherIos;
  }

  /** Milliseconds a second that these I/Os took, summed. */
  public double otherBusyMillis() {
    return otherBusyMillis;
  }

  /** I/Os of neighbours in flight when the sample was taken. */
  public double otherInFlight() {
    return otherInFlight;
  }

  /** I/Os a second that the physical device completed. */
  public double deviceIos() {
    return deviceIos;
  }
}
