package io.blkwarden.agent.kernel;

/** The number of bits after which a kernel counter wraps. */
public enum CounterWidth {
  /** Milliseconds in {@code stat}, and the counters of SUSE's blkback. */
  BITS_32(0xFFFF_FFFFL),
  /** All others on a 64-bit kernel. */
  BITS_64(-1L);

  private final long mask;

  CounterWidth(long mask) {
    this.mask = mask;
  }

  /**
   * The increase between two readings of a counter that wrapped at most once. A reset looks like a
   * wrap; callers detect resets by the device's identity.
   */
  public long since(long earlier, long later) {
    return (later - earlier) & mask;
  }
}
