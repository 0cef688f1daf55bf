package io.blkwarden.commandline.top;

import io.blkwarden.model.Printable;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A column of the table, and the sort order by it: disks with stuck I/O first, then the highest
 * numbers, unknown ones last; names alphabetically.
 */
@SuppressWarnings("ImmutableEnumChecker") // the functions have no state
enum Column {
  HOST("HOST", 'n', 0, 8, DiskLine::host),
  DOMAIN("DOMAIN", '\0', 0, 8, DiskLine::domain),
  DISK("DISK", '\0', 0, 8, DiskLine::disk),
  ROLE("ROLE", '\0', 10, 8, DiskLine::role),
  DEVICE("DEVICE", '\0', 9, 8, line -> String.join(",", line.devices())),
  /** Truncated to a thread name with its pid. */
  THREAD("THREAD", '\0', 8, 20, line -> String.join(",", line.threads())),
  /** I/Os in flight. */
  QUEUE("QUEUE", "QUEUE", 'f', 12, (line, _) -> line.load().inFlight(), Numbers::count),
  /** Reads. */
  READS("R/S", "READS", '\0', 4, (_, io) -> io.reads(), Numbers::plain),
  /** Writes. */
  WRITES("W/S", "WRITES", '\0', 4, (_, io) -> io.writes(), Numbers::plain),
  /** Bytes read. */
  READ_BYTES("RB/S", "RBYTES", '\0', 6, (_, io) -> io.readBytes(), Numbers::bytes),
  /** Bytes written. */
  WRITE_BYTES("WB/S", "WBYTES", '\0', 6, (_, io) -> io.writeBytes(), Numbers::bytes),
  /** Reads and writes. */
  IOPS("IOPS", "IOS", 'i', 13, (_, io) -> io.ios(), Numbers::plain),
  /** Bytes read and written. */
  BYTES("BYTES/S", "BYTES", 'b', 11, (_, io) -> io.bytes(), Numbers::bytes),
  /** Mean latency of an I/O. */
  AWAIT("AWAIT", "AWAIT", 'a', 3, (line, _) -> line.load().awaitMillis(), Numbers::millis),
  /** Utilisation: part of the time with I/O in flight. */
  UTIL("UTIL", "UTIL", 'u', 5, (line, _) -> line.load().util(), Numbers::percent),
  /** Share of the device time of all guests. */
  SHARE("SHARE", "SHARE", 's', 2, (line, _) -> line.load().share(), Numbers::percent),
  /** Latency score: utilisation times await of the device, times the disk's share of its time. */
  SCORE("SCORE", "SCORE", 'p', 1, (line, _) -> line.load().latencyScoreMillis(), Numbers::millis),
  THROTTLE("THROTTLE", '\0', 7, 8, line -> Objects.requireNonNullElse(line.throttle(), ""));

  private static final List<Column> ALL = List.of(values());

  /** Sort keys of version 1.0. */
  private static final Map<String, Column> OLD =
      Map.of("PAIN", SCORE, "FLIGHT", QUEUE, "NAME", HOST);

  private static final Comparator<DiskLine> BY_NAME =
      Comparator.comparing(DiskLine::host)
          .thenComparing(DiskLine::domain)
          .thenComparing(DiskLine::disk);

  /** The await of stuck I/O is unknown, but no disk is worse. */
  private static final Comparator<DiskLine> STUCK_FIRST =
      Comparator.comparing(line -> !line.load().isStuck());

  private final String rateTitle;
  private final String totalTitle;
  private final int key;

  /** Columns with the highest rank are left out first, those with rank 0 never. */
  private final int rank;

  private final int minWidth;
  private final Function<DiskLine, String> name;
  private final ToDoubleBiFunction<DiskLine, DiskLine.Io> number;
  private final @Nullable DoubleFunction<String> format;

  /** A column of names, truncated to {@code minWidth} if the columns do not fit. */
  Column(String title, char key, int rank, int minWidth, Function<DiskLine, String> name) {
    this(title, title, key, rank, minWidth, name, (_, _) -> 0, null);
  }

  /** A column of numbers, of a disk and its rate or total. */
  Column(
      String rateTitle,
      String totalTitle,
      char key,
      int rank,
      ToDoubleBiFunction<DiskLine, DiskLine.Io> number,
      DoubleFunction<String> format) {
    this(rateTitle, totalTitle, key, rank, Integer.MAX_VALUE, _ -> "", number, format);
  }

  Column(
      String rateTitle,
      String totalTitle,
      char key,
      int rank,
      int minWidth,
      Function<DiskLine, String> name,
      ToDoubleBiFunction<DiskLine, DiskLine.Io> number,
      @Nullable DoubleFunction<String> format) {
    this.rateTitle = rateTitle;
    this.totalTitle = totalTitle;
    this.key = key;
    this.rank = rank;
    this.minWidth = minWidth;
    this.name = name;
    this.number = number;
    this.format = format;
  }

  private double of(DiskLine line, boolean totals) {
    return number.applyAsDouble(line, totals ? line.total() : line.load().rate());
  }

  /** The title, of rates or of totals. */
  String title(boolean totals) {
    return totals ? totalTitle : rateTitle;
  }

  /** The value on a command line. */
  @Override
  public String toString() {
    return rateTitle.toLowerCase(Locale.ROOT);
  }

  /** The rank while sorted by {@code sort}. */
  int rank(Column sort) {
    return this == sort ? 0 : rank;
  }

  /** The width to which its text may be truncated; numbers are not truncated. */
  int minWidth() {
    return minWidth;
  }

  /** Whether it is a number, right-aligned. */
  boolean number() {
    return format != null;
  }

  /** The text of a disk, escaped. */
  String text(DiskLine line, boolean totals) {
    if (format != null) {
      return format.apply(of(line, totals));
    }
    String text = name.apply(line);
    return text.isEmpty() ? Numbers.UNKNOWN : Printable.of(text);
  }

  /** The column with this title in any case, or with this former name. */
  static Optional<Column> byWord(String word) {
    String title = word.toUpperCase(Locale.ROOT);
    return ALL.stream()
        .filter(each -> each.rateTitle.equals(title) || each.totalTitle.equals(title))
        .findFirst()
        .or(() -> Optional.ofNullable(OLD.get(title)));
  }

  /** The sort order of a keyboard key. */
  static Optional<Column> byKey(int key) {
    return key == 0 ? Optional.empty() : ALL.stream().filter(each -> each.key == key).findFirst();
  }

  /** The next column to the right for 1, to the left for -1; itself at the end. */
  Column next(int by) {
    return ALL.get(Math.clamp((long) ALL.indexOf(this) + by, 0, ALL.size() - 1));
  }

  /** Compares by this, then by share, then by name. */
  Comparator<DiskLine> order(boolean totals) {
    if (this == HOST) {
      return BY_NAME;
    }
    return number()
        ? STUCK_FIRST
            .thenComparing(highestFirst(totals))
            .thenComparing(SHARE.highestFirst(false))
            .thenComparing(BY_NAME)
        : Comparator.comparing(name).thenComparing(BY_NAME);
  }

  private Comparator<DiskLine> highestFirst(boolean totals) {
    return Comparator.comparingDouble(line -> {
      double number = of(line, totals);
      return Double.isNaN(number) ? 1 : -number;
    });
  }

  /** Parses {@code --sort}. */
  static final class Converter implements ITypeConverter<Column> {
    @Override
    public Column convert(String word) {
      return byWord(word)
          .orElseThrow(() ->
              new TypeConversionException(
                  "expected one of %s, found '%s'"
                      .formatted(
                          ALL.stream().map(Column::toString).collect(Collectors.joining(", ")),
                          word)));
    }
  }

  /** Short number formats; unknown values are {@code -}. */
  static final class Numbers {
    static final String UNKNOWN = "-";
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};

    static String plain(double value) {
      return text(value > 0 && value < 9.95 ? "%.1f" : "%.0f", value);
    }

    static String count(double value) {
      return text("%.0f", value);
    }

    static String millis(double value) {
      return text(value > 0 && value < 9.95 ? "%.1f ms" : "%.0f ms", value);
    }

    static String percent(double value) {
      return text("%.0f%%", value * 100);
    }

    static String bytes(double value) {
      double rest = value;
      int unit = 0;
      while (rest >= 999.5 && unit < UNITS.length - 1) {
        rest /= 1_000;
        unit++;
      }
      return text((unit > 0 && rest < 9.95 ? "%.1f " : "%.0f ") + UNITS[unit], rest);
    }

    private static String text(String form, double value) {
      return Double.isNaN(value) ? UNKNOWN : String.format(Locale.ROOT, form, value);
    }
  }
}
