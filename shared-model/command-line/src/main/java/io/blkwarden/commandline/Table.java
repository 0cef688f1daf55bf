package io.blkwarden.commandline;

import io.blkwarden.model.Printable;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of text in columns that are aligned in a terminal's cells; all text is made printable.
 *
 * <p>Columns are as wide as their contents, up to a limit: longer text is cut and ends in {@code
 * …}. The last column is never cut.
 */
public final class Table {
  private static final String GAP = "  ";

  private final int widest;
  private final List<List<String>> rows = new ArrayList<>();

  /** A table that shows all text whole. */
  public Table(String... head) {
    this(Integer.MAX_VALUE, List.of(head));
  }

  /**
   * A table of narrow columns.
   *
   * @param widest how many cells a column may take at most
   */
  public Table(int widest, List<String> head) {
    this.widest = widest;
    rows.add(List.copyOf(head));
  }

  /** Adds a row, with a cell for each column. */
  public void row(List<String> cells) {
    List<String> row = new ArrayList<>(cells.size());
    for (int i = 0; i < cells.size(); i++) {
      String text = Printable.of(cells.get(i));
      row.add(i + 1 < cells.size() ? Cells.cut(text, widest) : text);
    }
    rows.add(row);
  }

  /** The head and the rows, without spaces at their ends. */
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
