package io.blkwarden.commandline.top;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The sort order of disks: disks with stuck I/O first, then the highest values, unknown values
 * last.
 */
public enum SortKey {
  /** Latency score: utilisation times await of the device, times the disk's share of its time. */
  PAIN('p'),
  /** Its share of the device time of all guests. */
  SHARE('s'),
  /** Utilisation: part of the time with I/O in flight. */
  UTIL('u'),
  /** Mean latency of an I/O. */
  AWAIT('a'),
  /** Reads and writes per second. */
  IOPS('i'),
  /** Bytes per second. */
  BYTES('b'),
  /** I/Os in flight. */
  FLIGHT('f'),
  /** Host, domain and disk. */
  NAME('n');

  /** The await of stuck I/O is unknown, but no disk is worse. */
  private static final Comparator<DiskLine> STUCK_FIRST =
      Comparator.comparing(line -> !line.load().isStuck());

  private static final List<SortKey> ALL = List.of(values());

  private final char key;

  SortKey(char key) {
    this.key = key;
  }

  /** The value on a command line. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return word();
  }

  /** The sort order of a keyboard key. */
  static Optional<SortKey> byKey(int key) {
    return ALL.stream().filter(each -> each.key == key).findFirst();
  }

  /** The help text of all keys. */
  static String keys() {
    return ALL.stream().map(each -> each.key + " " + each.word()).collect(Collectors.joining("  "));
  }

  /** Compares by this, then by share, then by name. */
  Comparator<DiskLine> worstFirst() {
    Comparator<DiskLine> byName =
        Comparator.comparing(DiskLine::host)
            .thenComparing(DiskLine::domain)
            .thenComparing(DiskLine::disk);
    return this == NAME
        ? byName
        : STUCK_FIRST
            .thenComparing(highestFirst())
            .thenComparing(SHARE.highestFirst())
            .thenComparing(byName);
  }

  private Comparator<DiskLine> highestFirst() {
    return Comparator.comparingDouble(line -> {
      double number = of(line.load());
      return Double.isNaN(number) ? 1 : -number;
    });
  }

  private double of(DiskLine.Load load) {
    return switch (this) {
      case PAIN -> load.latencyScoreMillis();
      case SHARE -> load.share();
      case UTIL -> load.util();
      case AWAIT -> load.awaitMillis();
      case IOPS -> load.iops();
      case BYTES -> load.bytesPerSecond();
      case FLIGHT -> load.inFlight();
      case NAME -> 0;
    };
  }
}
