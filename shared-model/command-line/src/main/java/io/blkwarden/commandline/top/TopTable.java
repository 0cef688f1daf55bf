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
 * Disks as lines of a table; all text is made printable.
 *
 * <p>Where the columns do not fit, those that tell least are left out, though never the one that is
 * sorted by; then names are cut, and end in {@code …}.
 */
final class TopTable {
  /** What stands before a disk that is throttled. */
  static final String MARK = "*";

  private static final int SHORTEST_NAME = 8;

  /** Of a thread's name with its number: half of it tells nothing. */
  private static final int SHORTEST_THREAD = 20;

  private static final String GAP = "  ";

  /**
   * A column.
   *
   * @param rank those with the highest are left out first; 0 stays
   * @param sort what sorts by it
   * @param shortest how many cells its text may be cut to; a number is not cut
   * @param text what it shows, printable
   */
  private record Column(
      String title,
      int rank,
      @Nullable SortKey sort,
      int shortest,
      Function<DiskLine, String> text) {
    static Column name(String title, int rank, Function<DiskLine, String> text) {
      return name(title, rank, SHORTEST_NAME, text);
    }

    static Column name(String title, int rank, int shortest, Function<DiskLine, String> text) {
      return new Column(title, rank, null, shortest, line -> printable(text.apply(line)));
    }

    static Column number(
        String title, int rank, SortKey sort, Function<DiskLine.Load, String> text) {
      return new Column(title, rank, sort, Integer.MAX_VALUE, line -> text.apply(line.load()));
    }

    /** Whether it is aligned to the right. */
    boolean number() {
      return shortest == Integer.MAX_VALUE;
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
          Column.name("THREAD", 8, SHORTEST_THREAD, line -> String.join(",", line.threads())),
          Column.number("FLIGHT", 11, SortKey.FLIGHT, load -> Numbers.count(load.inFlight())),
          Column.number("IOPS", 4, SortKey.IOPS, load -> Numbers.plain(load.iops())),
          Column.number("BYTES/S", 6, SortKey.BYTES, load -> Numbers.bytes(load.bytesPerSecond())),
          Column.number("AWAIT", 3, SortKey.AWAIT, load -> Numbers.millis(load.awaitMillis())),
          Column.number("UTIL", 5, SortKey.UTIL, load -> Numbers.percent(load.util())),
          Column.number("SHARE", 2, SortKey.SHARE, load -> Numbers.percent(load.share())),
          Column.number("PAIN", 1, SortKey.PAIN, load -> Numbers.millis(load.painMillis())),
          Column.name("THROTTLE", 7, line -> Objects.requireNonNullElse(line.throttle(), "")));

  private final List<Column> columns;

  /**
   * A table.
   *
   * @param hosts whether it has a column for them
   */
  TopTable(boolean hosts) {
    columns = ALL.subList(hosts ? 0 : 1, ALL.size());
  }

  /**
   * The head and a line for each disk.
   *
   * @param sort the column that is marked
   * @param width how many cells a line may take
   */
  List<String> lines(List<DiskLine> disks, SortKey sort, int width) {
    List<Column> shown = new ArrayList<>(columns);
    List<List<String>> rows = rows(shown, disks, sort);
    int room = width - MARK.length();
    for (int over = narrowest(shown, rows) - room; over > 0 && droppable(shown, sort); ) {
      shown.remove(least(shown, sort));
      rows = rows(shown, disks, sort);
      over = narrowest(shown, rows) - room;
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

  /** How many cells a line takes at least, with its names cut. */
  private static int narrowest(List<Column> shown, List<List<String>> rows) {
    int[] widths = widths(rows);
    for (int i = 0; i < widths.length; i++) {
      widths[i] = Math.min(widths[i], shown.get(i).shortest());
    }
    return total(widths);
  }

  /** The widest names give way first. */
  private static int[] cut(List<Column> shown, int[] widths, int room) {
    for (int over = total(widths) - room; over > 0; over--) {
      int widest = -1;
      for (int i = 0; i < widths.length; i++) {
        if (widths[i] > shown.get(i).shortest() && (widest < 0 || widths[i] > widths[widest])) {
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
