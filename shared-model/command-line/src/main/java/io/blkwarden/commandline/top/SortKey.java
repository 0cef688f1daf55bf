package io.blkwarden.commandline.top;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What disks are sorted by: those with I/O in flight of which none completes come first, then the
 * highest, and what is unknown last.
 */
public enum SortKey {
  /** The disk's part of how long an I/O waits on its device. */
  PAIN('p'),
  /** Its part of the time that all guests' I/Os on its device took. */
  SHARE('s'),
  /** Part of the time in which any I/O was in flight. */
  UTIL('u'),
  /** Mean time of an I/O. */
  AWAIT('a'),
  /** Reads and writes a second. */
  IOPS('i'),
  /** Bytes read and written a second. */
  BYTES('b'),
  /** I/Os that wait or run. */
  FLIGHT('f'),
  /** Host, domain and disk. */
  NAME('n');

  /** Its wait is unknown because it has not ended: no disk waits longer. */
  private static final Comparator<DiskLine> STUCK_FIRST =
      Comparator.comparing(line -> !line.load().isStuck());

  private static final List<SortKey> ALL = List.of(values());

  private final char key;

  SortKey(char key) {
    this.key = key;
  }

  /** The word on a command line. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return word();
  }

  /** The one of a key on the keyboard. */
  static Optional<SortKey> byKey(int key) {
    return ALL.stream().filter(each -> each.key == key).findFirst();
  }

  /** All keys, for people. */
  static String keys() {
    return ALL.stream().map(each -> each.key + " " + each.word()).collect(Collectors.joining("  "));
  }

  /** Worst first: by this, then by what else tells the worst, then by name. */
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
      case PAIN -> load.painMillis();
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
