package io.blkwarden.agent.mapping.verdict;

/**
 * A kind of device between a volume and the physical devices, by what it does with a submitter's
 * priority (kernel: {@code drivers/md/dm.c}, {@code drivers/md/*}, {@code block/bio.c}).
 */
public enum Layer {
  /** Remaps in the submitter's own context: dm-linear, dm-stripe, partitions, raid0. */
  PASSES,
  /**
   * Hands some or all I/O to a worker of its own, which submits with its own priority: thin pools,
   * snapshots, mirrors and raid, crypt, cache, drbd, loop.
   */
  RESUBMITS,
  /** Schedules by itself above its paths: request-based multipath. */
  SCHEDULES,
  /**
   * At the bottom, but no hardware: a zvol, rbd, nbd, zram, a loop device whose file's disk is not
   * known. What its own scheduler does is no help to whoever shares the hardware below.
   */
  VIRTUAL,
  /** Not known to blkwarden. */
  UNKNOWN
}
