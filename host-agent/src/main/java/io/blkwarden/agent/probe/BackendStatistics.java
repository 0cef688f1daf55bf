package io.blkwarden.agent.probe;

import java.util.List;
import java.util.Optional;

/**
 * What blkback counted for one disk, over all its rings, since the guest connected.
 *
 * <p>Source: the files in {@code /sys/bus/xen-backend/devices/vbd-DOMID-HANDLE/statistics/}. They
 * are read one after the other, so they do not belong to one moment. A reconnect sets them to 0; so
 * does, every 10 s and not for sectors, the module's parameter {@code log_stats=1}. SUSE's blkback
 * has {@code br_req} and {@code fl_req} in place of {@code f_req} and {@code ds_req} and counts in
 * 32 bits, signed; here the same bits stand unsigned.
 *
 * @param outOfRequests times that a ring had no free request: the guest asks more than fits
 * @param readRequests requests to read
 * @param writeRequests requests to write
 * @param readSectors sectors of 512 bytes read
 * @param writeSectors sectors of 512 bytes written
 * @param flushRequests requests to flush
 * @param discardRequests requests to discard; empty where not counted
 * @param barrierRequests barriers; empty where not counted
 * @param width after how many bits the counters start again
 */
public record BackendStatistics(
    long outOfRequests,
    long readRequests,
    long writeRequests,
    long readSectors,
    long writeSectors,
    long flushRequests,
    Optional<Long> discardRequests,
    Optional<Long> barrierRequests,
    CounterWidth width) {
  private static final List<String> ALWAYS =
      List.of("oo_req", "rd_req", "wr_req", "rd_sect", "wr_sect");

  /** Reads all. Absent when the disk is gone, not connected yet, or not blkback's. */
  public static Reading<BackendStatistics> read(KernelFiles files, BackendId id) {
    Reading<Long> plain = counter(files, id, "f_req");
    // Looked for only where it can be: to find that a file is not there costs most of all.
    Optional<Long> barriers =
        plain.isPresent() ? Optional.empty() : counter(files, id, "br_req").toOptional();
    boolean suse = barriers.isPresent();
    long[] v = new long[ALWAYS.size()];
    for (int i = 0; i < v.length; i++) {
      Reading<Long> counter = counter(files, id, ALWAYS.get(i));
      if (!(counter instanceof Reading.Present<Long>(Long value))) {
        return counter.withoutValue();
      }
      v[i] = value;
    }
    Optional<Long> discards = counter(files, id, "ds_req").toOptional();
    CounterWidth width = suse ? CounterWidth.BITS_32 : CounterWidth.BITS_64;
    return (suse ? counter(files, id, "fl_req") : plain)
        .map(flushes ->
            new BackendStatistics(
                v[0], v[1], v[2], v[3], v[4], flushes, discards, barriers, width));
  }

  /** Holds {@code oo_req} alone, for sampling. */
  public static HeldValue holdOutOfRequests(KernelFiles files, BackendId id) {
    return files.hold(path(id, "oo_req"));
  }

  /** What a held {@code oo_req} says now. */
  public static Reading<Long> outOfRequests(HeldValue held, FileBytes buffer) {
    return held.read(buffer).parse("oo_req", bytes -> parseCounter(bytes.text()));
  }

  /** Reads {@code rd_sect} alone, to hold a thread's counter against it. */
  public static Reading<Long> readSectors(KernelFiles files, BackendId id) {
    return counter(files, id, "rd_sect");
  }

  private static Reading<Long> counter(KernelFiles files, BackendId id, String name) {
    String path = path(id, name);
    return files.read(path).parse(path, BackendStatistics::parseCounter);
  }

  private static String path(BackendId id, String name) {
    return id.directory() + "/statistics/" + name;
  }

  /** Parses an unsigned number, or a negative one that is a 32-bit counter past 2^31. */
  static Reading<Long> parseCounter(String text) {
    String number = text.strip();
    boolean negative = number.startsWith("-");
    Columns columns = Columns.of(negative ? number.substring(1) : number);
    if (columns.nextNumber() && (!negative || columns.number() <= 1L << 31)) {
      return Reading.present(
          negative ? CounterWidth.BITS_32.since(columns.number(), 0) : columns.number());
    }
    return Reading.malformed("counter", "a number from -2^31 to 2^63-1", text);
  }
}
