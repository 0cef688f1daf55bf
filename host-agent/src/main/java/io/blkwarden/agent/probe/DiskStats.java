package io.blkwarden.agent.probe;

import java.util.Optional;

/**
 * A reading of {@code /proc/diskstats}: all block devices' counters for the price of one file.
 *
 * <p>A line is {@code " 253 1 dm-1 14292 0 1824960 ..."}: major, minor, name, then the columns of
 * {@link DiskStat}. Devices without a medium are not listed. A line that cannot be read does not
 * stop the others.
 *
 * @param devices lines that were visited
 * @param faults lines that were malformed
 * @param firstFault the first of them, told in one line
 */
public record DiskStats(int devices, int faults, Optional<String> firstFault) {
  /** Where it is. */
  public static final String PATH = "proc/diskstats";

  /** A size that fits some 30,000 devices, for the buffer that the caller keeps. */
  public static final int BUFFER_LIMIT_BYTES = 4 * 1024 * 1024;

  /** What happens with each line. */
  @FunctionalInterface
  public interface Visitor {
    /** One device's counters. */
    void visit(int major, int minor, DiskStat stat);
  }

  /** Reads the file and visits each line. */
  public static Reading<DiskStats> read(KernelFiles files, FileBytes buffer, Visitor visitor) {
    return files.read(PATH, buffer).map(file -> scan(file, visitor));
  }

  /** Visits each line of a file that was read. */
  public static DiskStats scan(FileBytes file, Visitor visitor) {
    byte[] bytes = file.array();
    int devices = 0;
    int faults = 0;
    Optional<String> firstFault = Optional.empty();
    int from = 0;
    for (int line = 1; from < file.length(); line++) {
      int to = from;
      while (to < file.length() && bytes[to] != '\n') {
        to++;
      }
      Optional<String> fault = visitLine(bytes, from, to, visitor);
      if (fault.isPresent()) {
        faults++;
        int number = line;
        firstFault = firstFault.or(() -> fault.map(text -> PATH + " line " + number + ": " + text));
      } else {
        devices++;
      }
      from = to + 1;
    }
    return new DiskStats(devices, faults, firstFault);
  }

  private static Optional<String> visitLine(byte[] bytes, int from, int to, Visitor visitor) {
    Columns columns = new Columns(bytes, from, to);
    if (!columns.nextNumber() || columns.number() > 4095) {
      return Optional.of("expected a major number, found '%s'".formatted(columns.text()));
    }
    int major = (int) columns.number();
    if (!columns.nextNumber() || columns.number() > 0xFFFFF) {
      return Optional.of("expected a minor number, found '%s'".formatted(columns.text()));
    }
    int minor = (int) columns.number();
    columns.next();
    Reading<DiskStat> stat = DiskStat.parseColumns(columns);
    if (stat instanceof Reading.Present<DiskStat> present) {
      visitor.visit(major, minor, present.value());
      return Optional.empty();
    }
    return Optional.of(stat.describe());
  }
}
