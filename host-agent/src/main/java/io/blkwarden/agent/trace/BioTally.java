package io.blkwarden.agent.trace;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.DeviceNumber;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** The I/O of a device by submitting thread, for at most {@link #MAX_THREADS} threads. */
public final class BioTally {
  /** Maximum number of threads; I/O of further ones is counted as lost. */
  public static final int MAX_THREADS = 1024;

  private static final int SECTOR_BYTES = 512;
  private static final long POLL_NANOS = 50_000_000;
  private static final Comparator<Load> BY_BYTES =
      Comparator.comparingLong(Load::bytes)
          .thenComparingLong(load -> load.reads() + load.writes() + load.others())
          .reversed()
          .thenComparingInt(load -> load.pid());

  private final Map<Submitter, Load> loads = new HashMap<>();
  private long lost;
  private boolean cut;

  /** A thread; one that changes its name counts again. */
  private record Submitter(int pid, String comm) {}

  /**
   * The I/O of a thread.
   *
   * @param pid the thread
   * @param comm its name at that time
   * @param reads number of reads
   * @param readBytes their length
   * @param writes number of writes
   * @param writeBytes their length
   * @param others number of flushes and discards
   */
  public record Load(
      int pid, String comm, long reads, long readBytes, long writes, long writeBytes, long others) {
    /** Bytes read and written. */
    public long bytes() {
      return readBytes + writeBytes;
    }

    private Load plus(TracedBio bio) {
      long bytes = bio.sectors() * SECTOR_BYTES;
      if (bio.rwbs().contains("R")) {
        return new Load(pid, comm, reads + 1, readBytes + bytes, writes, writeBytes, others);
      }
      // discards and flushes without data transfer nothing
      return bio.rwbs().contains("W") && bytes > 0
          ? new Load(pid, comm, reads, readBytes, writes + 1, writeBytes + bytes, others)
          : new Load(pid, comm, reads, readBytes, writes, writeBytes, others + 1);
    }
  }

  /**
   * Traces a device.
   *
   * @param trace watches this device afterwards
   * @param time how long to trace
   * @param stopped ends the trace early
   * @param nanos monotonic clock
   * @return failed if the trace instance fails
   */
  public static ReadResult<BioTally> of(
      BioTrace trace,
      DeviceNumber device,
      Duration time,
      BooleanSupplier stopped,
      LongSupplier nanos) {
    Optional<String> fault = trace.arm(List.of(device));
    if (fault.isPresent()) {
      return ReadResult.failed(fault.get());
    }
    BioTally tally = new BioTally();
    long start = nanos.getAsLong();
    boolean last;
    do {
      LockSupport.parkNanos(POLL_NANOS);
      last = stopped.getAsBoolean() || nanos.getAsLong() - start >= time.toNanos();
      ReadResult<BioBatch> drained = trace.drain();
      if (!(drained instanceof ReadResult.Present<BioBatch>(BioBatch batch))) {
        return ReadResult.failed(drained.describe());
      }
      tally.add(batch);
    } while (!last);
    return ReadResult.present(tally);
  }

  /** Counts the I/O of a batch. */
  public void add(BioBatch batch) {
    lost += batch.overruns() + batch.skippedLines();
    cut |= batch.cut();
    batch.bios().forEach(this::add);
  }

  private void add(TracedBio bio) {
    Submitter submitter = new Submitter(bio.pid(), bio.comm());
    if (loads.size() == MAX_THREADS && !loads.containsKey(submitter)) {
      lost++;
      return;
    }
    Load before = loads.getOrDefault(submitter, new Load(bio.pid(), bio.comm(), 0, 0, 0, 0, 0));
    loads.put(submitter, before.plus(bio));
  }

  /** The threads, the most bytes first. */
  public List<Load> loads() {
    return loads.values().stream().sorted(BY_BYTES).toList();
  }

  /** Number of events that are not counted. */
  public long lost() {
    return lost;
  }

  /** Whether an unknown number of further events is not counted. */
  public boolean cut() {
    return cut;
  }
}
