package io.blkwarden.agent.kernel;

/** How many bits a kernel counter has before it starts again at 0. */
public enum CounterWidth {
  /** Milliseconds of {@code stat} and the counters of SUSE's blkback. */
  BITS_32(0xFFFF_FFFFL),
  /** All else on a 64-bit kernel; never seen to wrap. */
  BITS_64(-1L);

  private final long mask;

  CounterWidth(long mask) {
    this.mask = mask;
  }

  /**
   * What was counted from one reading to a later one of the same counter, if it wrapped at most
   * once. A counter that was reset in between looks like one that wrapped: the caller knows by the
   * device's identity that it was not.
   */
  public long since(long earlier, long later) {
    return (later - earlier) & mask;
  }
}
