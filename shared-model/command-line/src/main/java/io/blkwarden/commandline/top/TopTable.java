package io.blkwarden.commandline.top;

import io.blkwarden.commandline.Cells;
import io.blkwarden.model.Printable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Disks as lines of a table, with control characters escaped. If the columns do not fit, the least
 * important ones are left out, except the sort column; then names are truncated.
 */
final class TopTable {
  /** Prefix of throttled disks. */
  static final String MARK = "*";

  private static final int MIN_NAME = 8;

  /** Minimum width of a thread name with its pid. */
  private static final int MIN_THREAD = 20;

  private static final String GAP = "  ";

  /**
   * A column.
   *
   * @param rank columns with the highest rank are left out first; 0 is never left out
   * @param sort its sort key
   * @param minWidth width to which its text may be truncated; numbers are not truncated
   * @param text its text, escaped
   */
  private record Column(
      String title,
      int rank,
      @Nullable SortKey sort,
      int minWidth,
      Function<DiskLine, String> text) {
    static Column name(String title, int rank, Function<DiskLine, String> text) {
      return name(title, rank, MIN_NAME, text);
    }

    static Column name(String title, int rank, int minWidth, Function<DiskLine, String> text) {
      return new Column(title, rank, null, minWidth, line -> printable(text.apply(line)));
    }

    static Column number(
        String title, int rank, SortKey sort, Function<DiskLine.Load, String> text) {
      return new Column(title, rank, sort, Integer.MAX_VALUE, line -> text.apply(line.load()));
    }

    /** Whether it is right-aligned. */
    boolean number() {
      return minWidth == Integer.MAX_VALUE;
    }

    private static String printable(String text) {
      return text.isEmpty() ? Numbers.UNKNOWN : Printable.of(text);
    }
  }

  private static final List<Column> ALL =
      List.of(
          Column.name("HOST", 0, DiskLine::host),
          Column.name("DOMAIN", 0, DiskLine::domain),
          Column.name("DISK", 0, DiskLine::disk),
          Column.name("ROLE", 10, DiskLine::role),
          Column.name("DEVICE", 9, line -> String.join(",", line.devices())),
          Column.name("THREAD", 8, MIN_THREAD, line -> String.join(",", line.threads())),
          Column.number("FLIGHT", 11, SortKey.FLIGHT, load -> Numbers.count(load.inFlight())),
          Column.number("IOPS", 4, SortKey.IOPS, load -> Numbers.plain(load.iops())),
          Column.number("BYTES/S", 6, SortKey.BYTES, load -> Numbers.bytes(load.bytesPerSecond())),
          Column.number("AWAIT", 3, SortKey.AWAIT, load -> Numbers.millis(load.awaitMillis())),
          Column.number("UTIL", 5, SortKey.UTIL, load -> Numbers.percent(load.util())),
          Column.number("SHARE", 2, SortKey.SHARE, load -> Numbers.percent(load.share())),
          Column.number("PAIN", 1, SortKey.PAIN, load -> Numbers.millis(load.latencyScoreMillis())),
          Column.name("THROTTLE", 7, line -> Objects.requireNonNullElse(line.throttle(), "")));

  private final List<Column> columns;

  /**
   * Creates a table.
   *
   * @param hosts whether it has a host column
   */
  TopTable(boolean hosts) {
    columns = ALL.subList(hosts ? 0 : 1, ALL.size());
  }

  /**
   * The header and a line per disk.
   *
   * @param sort the marked column
   * @param width maximum width of a line, in cells
   */
  List<String> lines(List<DiskLine> disks, SortKey sort, int width) {
    List<Column> shown = new ArrayList<>(columns);
    List<List<String>> rows = rows(shown, disks, sort);
    int room = width - MARK.length();
    for (int over = minWidth(shown, rows) - room; over > 0 && droppable(shown, sort); ) {
      shown.remove(least(shown, sort));
      rows = rows(shown, disks, sort);
      over = minWidth(shown, rows) - room;
    }
    int[] widths = cut(shown, widths(rows), room);
    List<String> lines = new ArrayList<>(rows.size());
    for (int row = 0; row < rows.size(); row++) {
      boolean throttled = row > 0 && disks.get(row - 1).throttle() != null;
      String line = line(shown, rows.get(row), widths);
      lines.add(Cells.cut((throttled ? MARK : " ") + line, width));
    }
    return lines;
  }

  private static List<List<String>> rows(List<Column> shown, List<DiskLine> disks, SortKey sort) {
    List<List<String>> rows = new ArrayList<>(disks.size() + 1);
    rows.add(shown.stream().map(column -> title(column, sort)).toList());
    for (DiskLine disk : disks) {
      rows.add(shown.stream().map(column -> column.text().apply(disk)).toList());
    }
    return rows;
  }

  private static String title(Column column, SortKey sort) {
    return column.sort() == sort ? column.title() + "v" : column.title();
  }

  private static String line(List<Column> shown, List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = Cells.cut(row.get(i), widths[i]);
      line.append(i == 0 ? "" : GAP)
          .append(
              shown.get(i).number() ? Cells.right(cell, widths[i]) : Cells.left(cell, widths[i]));
    }
    return line.toString().stripTrailing();
  }

  private static boolean droppable(List<Column> shown, SortKey sort) {
    return shown.stream().anyMatch(column -> rank(column, sort) > 0);
  }

  private static Column least(List<Column> shown, SortKey sort) {
    return shown.stream().max(Comparator.comparingInt(column -> rank(column, sort))).orElseThrow();
  }

  private static int rank(Column column, SortKey sort) {
    return column.sort() == sort ? 0 : column.rank();
  }

  private static int[] widths(List<List<String>> rows) {
    int[] widths = new int[rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], Cells.width(row.get(i)));
      }
    }
    return widths;
  }

  /** The minimum width of a line, with truncated names. */
  private static int minWidth(List<Column> shown, List<List<String>> rows) {
    int[] widths = widths(rows);
    for (int i = 0; i < widths.length; i++) {
      widths[i] = Math.min(widths[i], shown.get(i).minWidth());
    }
    return total(widths);
  }

  /** Truncates the widest names first. */
  private static int[] cut(List<Column> shown, int[] widths, int room) {
    for (int over = total(widths) - room; over > 0; over--) {
      int widest = -1;
      for (int i = 0; i < widths.length; i++) {
        if (widths[i] > shown.get(i).minWidth() && (widest < 0 || widths[i] > widths[widest])) {
          widest = i;
        }
      }
      if (widest < 0) {
        return widths;
      }
      widths[widest]--;
    }
    return widths;
  }

  private static int total(int[] widths) {
    int total = (widths.length - 1) * GAP.length();
    for (int each : widths) {
      total += each;
    }
    return total;
  }
}
