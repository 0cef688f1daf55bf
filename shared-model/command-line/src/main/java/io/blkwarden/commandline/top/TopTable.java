package io.blkwarden.commandline.top;

import io.blkwarden.commandline.Cells;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * Disks as lines of a table, with control characters escaped. If the columns do not fit, the least
 * important ones are left out, except the sort column; then names are truncated.
 *
 * @param hosts whether it has a host column
 * @param totals whether it shows totals instead of rates
 */
record TopTable(boolean hosts, boolean totals) {
  /** Prefix of throttled disks. */
  static final String MARK = "*";

  private static final String GAP = "  ";

  /** A column with its cells, the first of which is the title, and its current width. */
  private static final class Shown {
    private final Column column;
    private final List<String> cells;
    private int width;

    Shown(Column column, List<String> cells) {
      this.column = column;
      this.cells = cells;
      this.width = cells.stream().mapToInt(Cells::width).max().orElse(0);
    }

    int width() {
      return width;
    }

    int minWidth() {
      return Math.min(width, column.minWidth());
    }

    String cell(int row) {
      String cell = Cells.cut(cells.get(row), width);
      return column.number() ? Cells.right(cell, width) : Cells.left(cell, width);
    }
  }

  /**
   * The header and a line per disk.
   *
   * @param sort the marked column
   * @param width maximum width of a line, in cells
   */
  List<String> lines(List<DiskLine> disks, Column sort, int width) {
    List<Shown> shown = fitting(disks, sort, width - MARK.length());
    List<String> lines = new ArrayList<>(disks.size() + 1);
    for (int i = 0; i <= disks.size(); i++) {
      int row = i;
      boolean throttled = row > 0 && disks.get(row - 1).throttle() != null;
      String line = shown.stream().map(each -> each.cell(row)).collect(Collectors.joining(GAP));
      lines.add(Cells.cut((throttled ? MARK : " ") + line.stripTrailing(), width));
    }
    return lines;
  }

  private List<Shown> fitting(List<DiskLine> disks, Column sort, int room) {
    List<Shown> shown = new ArrayList<>();
    for (Column column : Column.values()) {
      if (hosts || column != Column.HOST) {
        List<String> cells = new ArrayList<>();
        cells.add(column.title(totals) + (column == sort ? "v" : ""));
        disks.forEach(disk -> cells.add(column.text(disk, totals)));
        shown.add(new Shown(column, cells));
      }
    }
    Comparator<Shown> byRank = Comparator.comparingInt(each -> each.column.rank(sort));
    Shown least = Collections.max(shown, byRank);
    while (total(shown, Shown::minWidth) > room && least.column.rank(sort) > 0) {
      shown.remove(least);
      least = Collections.max(shown, byRank);
    }
    Comparator<Shown> byWidth = Comparator.comparingInt(Shown::width);
    for (int over = total(shown, Shown::width) - room; over > 0; over--) {
      shown.stream()
          .filter(each -> each.width > each.minWidth())
          .max(byWidth)
          .ifPresent(widest -> widest.width--);
    }
    return shown;
  }

  private static int total(List<Shown> shown, ToIntFunction<Shown> width) {
    return shown.stream().mapToInt(width).sum() + (shown.size() - 1) * GAP.length();
  }
}
