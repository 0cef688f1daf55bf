package io.blkwarden.simulation.host;

/** Cumulative I/O counters of a block device. They never decrease. */
final class Counters {
  private static final int SECTORS_PER_IO = 32;

  private double reads;
  private double writes;
  private double readMillis;
  private double writeMillis;
  private double busyMillis;

  /**
   * Counts completed I/Os and the time in which I/Os were in flight.
   *
   * @param readPart share of reads, 0 to 1
   * @param millis sum over all I/Os in flight, in ms
   * @param busy time with any I/O in flight, in ms
   */
  void add(double ios, double readPart, double millis, double busy) {
    reads += ios * readPart;
    writes += ios * (1 - readPart);
    readMillis += millis * readPart;
    writeMillis += millis * (1 - readPart);
    busyMillis += busy;
  }

  /** Adds the I/Os of another device, but not its busy time. */
  void addIos(Counters other) {
    reads += other.reads;
    writes += other.writes;
    readMillis += other.readMillis;
    writeMillis += other.writeMillis;
  }

  double ios() {
    return reads + writes;
  }

  long reads() {
    return (long) reads;
  }

  long writes() {
    return (long) writes;
  }

  long readSectors() {
    return reads() * SECTORS_PER_IO;
  }

  long writeSectors() {
    return writes() * SECTORS_PER_IO;
  }

  /** The line of {@code /sys/block/<dev>/stat}, with 17 fields. */
  String stat(double inFlight) {
    return "%d 0 %d %d %d 0 %d %d %d %d %d 0 0 0 0 0 0%n"
        .formatted(
            reads(),
            readSectors(),
            (long) readMillis,
            writes(),
            writeSectors(),
            (long) writeMillis,
            Math.round(inFlight),
            (long) busyMillis,
            (long) (readMillis + writeMillis));
  }
}
