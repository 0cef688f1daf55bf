package io.blkwarden.model.sample;

import java.util.UUID;

/**
 * A host's counters at one instant; mutable and reusable.
 *
 * <p>Row {@code n} of {@link #disks()} is disk {@code n} of the mapping snapshot with the frame's
 * {@code run} and {@code base.id}; cumulative values are relative to that base. Not thread-safe.
 */
public final class SampleFrame {
  /** Value of an unmeasured pressure. */
  public static final long UNMEASURED = -1;

  private UUID run = new UUID(0, 0);
  private long baseId;
  private long revision;
  private long sequence;
  private long monotonicMillis;
  private long wallMillis;
  private long intervalMillis;
  private long ioSomeMicros = UNMEASURED;
  private long ioFullMicros = UNMEASURED;
  private final SampleTable disks = new SampleTable();
  private final SampleTable devices = new SampleTable();

  /**
   * Sets the identity of the batch.
   *
   * @param run the agent's run
   * @param baseId id of the base
   * @param revision revision of the mapping
   * @param sequence increases by one with each batch of a run, so that lost batches are detectable
   */
  public void identify(UUID run, long baseId, long revision, long sequence) {
    this.run = run;
    this.baseId = baseId;
    this.revision = revision;
    this.sequence = sequence;
  }

  /**
   * Sets the time of the reading.
   *
   * @param monotonicMillis host's CLOCK_MONOTONIC in ms, for rates
   * @param wallMillis wall clock in ms since 1970
   * @param intervalMillis configured time between two batches
   */
  public void time(long monotonicMillis, long wallMillis, long intervalMillis) {
    this.monotonicMillis = monotonicMillis;
    this.wallMillis = wallMillis;
    this.intervalMillis = intervalMillis;
  }

  /**
   * Sets the totals of {@code /proc/pressure/io} in µs, or {@link #UNMEASURED}.
   *
   * @param some time in which some task was stalled on I/O
   * @param full time in which all non-idle tasks were stalled on I/O
   */
  public void pressure(long some, long full) {
    ioSomeMicros = some;
    ioFullMicros = full;
  }

  /** The agent's run. */
  public UUID run() {
    return run;
  }

  /** Id of the base. */
  public long baseId() {
    return baseId;
  }

  /** Revision of the mapping. */
  public long revision() {
    return revision;
  }

  /** Number of the batch in its run. */
  public long sequence() {
    return sequence;
  }

  /** Host's CLOCK_MONOTONIC in ms. */
  public long monotonicMillis() {
    return monotonicMillis;
  }

  /** Wall clock in ms since 1970. */
  public long wallMillis() {
    return wallMillis;
  }

  /** Time between two batches in ms. */
  public long intervalMillis() {
    return intervalMillis;
  }

  /** Total time in which some task was stalled on I/O, in µs, or {@link #UNMEASURED}. */
  public long ioSomeMicros() {
    return ioSomeMicros;
  }

  /** Total time in which all non-idle tasks were stalled on I/O, in µs, or {@link #UNMEASURED}. */
  public long ioFullMicros() {
    return ioFullMicros;
  }

  /** The guests' disks. */
  public SampleTable disks() {
    return disks;
  }

  /** The physical devices. */
  public SampleTable devices() {
    return devices;
  }
}
