package io.blkwarden.commandline;

import io.blkwarden.model.Printable;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * A text table with aligned columns; control characters are escaped. Columns are as wide as their
 * contents, up to a limit, beyond which text is truncated, except in the last column.
 */
public final class Table {
  private static final String GAP = "  ";

  private final int maxWidth;
  private final List<List<String>> rows = new ArrayList<>();

  /** A table without truncation. */
  public Table(String... header) {
    this(Integer.MAX_VALUE, List.of(header));
  }

  /**
   * A table with a column limit.
   *
   * @param maxWidth maximum width of a column, in cells
   */
  public Table(int maxWidth, List<String> header) {
    this.maxWidth = maxWidth;
    rows.add(List.copyOf(header));
  }

  /** Adds a row with a cell per column. */
  public void row(List<String> cells) {
    List<String> row = new ArrayList<>(cells.size());
    for (int i = 0; i < cells.size(); i++) {
      String text = Printable.of(cells.get(i));
      row.add(i + 1 < cells.size() ? Cells.cut(text, maxWidth) : text);
    }
    rows.add(row);
  }

  /** The header and the rows, without trailing spaces. */
  public List<String> lines() {
    int[] widths = new int[rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], Cells.width(row.get(i)));
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      line.append(i == 0 ? "" : GAP).append(Cells.left(row.get(i), widths[i]));
    }
    return line.toString().stripTrailing();
  }

  /** Prints the lines. */
  public void print(PrintWriter out) {
    lines().forEach(out::println);
  }
}
