package io.blkwarden.controller.attribution;

/**
 * The values of one disk in a window.
 *
 * @param disk its number in the window
 * @param share its share of all disks' device time while its neighbours were affected, 0 to 1
 * @param work per second in these slots, at constant costs of I/Os and bytes
 * @param correlation of its work with its neighbours' latency, -1 to 1
 * @param coverage share of the window's slots in which it could be compared, 0 to 1
 */
public record Suspect(int disk, double share, double work, double correlation, double coverage) {
  /** The rank of a suspect: 0 for a large share that does not correlate. */
  public double score() {
    return share * Math.max(0, correlation);
  }
}
