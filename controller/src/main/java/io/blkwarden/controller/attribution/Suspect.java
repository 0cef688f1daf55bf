package io.blkwarden.controller.attribution;

/**
 * What a window says about one disk.
 *
 * @param disk its number in the window
 * @param share its part of all disks' device time while its neighbours were hurt, 0 to 1
 * @param work that it did a second in these slots, at a constant price for each I/O and byte
 * @param correlation of its work with its neighbours' latency, -1 to 1
 * @param coverage part of the window's slots in which it could be judged, 0 to 1
 */
public record Suspect(int disk, double share, double work, double correlation, double coverage) {
  /** What suspects are ranked by: a large share that explains nothing counts for nothing. */
  public double score() {
    return share * Math.max(0, correlation);
  }
}
