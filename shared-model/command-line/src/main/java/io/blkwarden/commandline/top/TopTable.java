package io.blkwarden.commandline.top;

import io.blkwarden.commandline.Cells;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * Disks as lines of a table, with control characters escaped. If the columns do not fit, the least
 * important ones are left out, except the sort column; then names are truncated.
 */
final class TopTable {
  /** Prefix of throttled disks. */
  static final String MARK = "*";

  private static final String GAP = "  ";

  private final boolean hosts;
  private final boolean totals;

  /**
   * Creates a table.
   *
   * @param hosts whether it has a host column
   * @param totals whether it shows totals instead of rates
   */
  TopTable(boolean hosts, boolean totals) {
    this.hosts = hosts;
    this.totals = totals;
  }

  /**
   * The header and a line per disk.
   *
   * @param sort the marked column
   * @param width maximum width of a line, in cells
   */
  List<String> lines(List<DiskLine> disks, Column sort, int width) {
    List<Column> shown = new ArrayList<>(List.of(Column.values()));
    shown.removeIf(each -> !hosts && each == Column.HOST);
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

  private List<List<String>> rows(List<Column> shown, List<DiskLine> disks, Column sort) {
    List<List<String>> rows = new ArrayList<>(disks.size() + 1);
    rows.add(
        shown.stream().map(column -> column.title(totals) + (column == sort ? "v" : "")).toList());
    for (DiskLine disk : disks) {
      rows.add(shown.stream().map(column -> column.text(disk, totals)).toList());
    }
    return rows;
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

  private static boolean droppable(List<Column> shown, Column sort) {
    return shown.stream().anyMatch(column -> column.rank(sort) > 0);
  }

  private static Column least(List<Column> shown, Column sort) {
    return Collections.max(shown, Comparator.comparingInt(column -> column.rank(sort)));
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
