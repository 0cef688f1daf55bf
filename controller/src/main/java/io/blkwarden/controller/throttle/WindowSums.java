package io.blkwarden.controller.throttle;

/**
 * A disk and its neighbours over a window of several samples, to compare with another window.
 *
 * @param samples how many
 * @param millis time they span
 * @param value mean of the policy's metric
 * @param ownIos I/Os a second of the disk
 * @param ownUtil part of the time in which the disk had I/O in flight
 * @param otherIos I/Os a second of the neighbours
 * @param otherAwaitMillis mean time of an I/O of the neighbours; 0 when they completed none
 * @param otherInFlight mean number of the neighbours' I/Os in flight
 * @param deviceIos I/Os a second of the physical device; {@link Double#NaN} when unknown
 */
public record WindowSums(
    int samples,
    long millis,
    double value,
    double ownIos,
    double ownUtil,
    double otherIos,
    double otherAwaitMillis,
    double otherInFlight,
    double deviceIos) {
  /** A window without samples. */
  public static final WindowSums NONE = new WindowSums(0, 0, Double.NaN, 0, 0, 0, 0, 0, Double.NaN);

  /** The disk's part of what the guests on its device completed; 0 when they completed nothing. */
  public double share() {
    double all = ownIos + otherIos;
    return all > 0 ? ownIos / all : 0;
  }
}
