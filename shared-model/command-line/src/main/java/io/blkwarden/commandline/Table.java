package io.blkwarden.commandline;

import io.blkwarden.model.Printable;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

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

  /** A table with a row per item; add its columns. */
  public static <T> Columns<T> of(Collection<T> items) {
    return new Columns<>(List.copyOf(items));
  }

  /** The text of a column for an item; null or empty prints as {@code -}. */
  public interface Cell<T> {
    /** Returns an object whose text is printed. */
    @Nullable Object of(T item);
  }

  /** A table defined by its columns. */
  public static final class Columns<T> {
    private final List<T> items;
    private final List<String> titles = new ArrayList<>();
    private final List<Cell<T>> cells = new ArrayList<>();

    private BiFunction<T, String, String> paint = (_, text) -> text;

    private Columns(List<T> items) {
      this.items = items;
    }

    /** Number of items. */
    public int size() {
      return items.size();
    }

    /** Adds a column. */
    public Columns<T> column(String title, Cell<T> cell) {
      titles.add(title);
      cells.add(cell);
      return this;
    }

    /** Colours the text of the last column. */
    public Columns<T> paintLast(BiFunction<T, String, String> paint) {
      this.paint = paint;
      return this;
    }

    /** The header and the rows. */
    public List<String> lines() {
      Table table = new Table(Integer.MAX_VALUE, titles);
      items.forEach(item -> table.row(cells.stream().map(cell -> text(cell.of(item))).toList()));
      List<String> lines = new ArrayList<>(table.lines());
      for (int row = 1; row < lines.size(); row++) {
        String last = table.rows.get(row).getLast().stripTrailing();
        String before = lines.get(row).substring(0, lines.get(row).length() - last.length());
        lines.set(row, before + paint.apply(items.get(row - 1), last));
      }
      return lines;
    }

    private static String text(@Nullable Object value) {
      String text = value == null ? "" : value.toString();
      return text.isEmpty() ? "-" : text;
    }

    /** Prints the lines. */
    public void print(PrintWriter out) {
      lines().forEach(out::println);
    }

    /** Prints the lines, or {@code nothing} if there are no items. */
    public void print(PrintWriter out, String nothing) {
      if (items.isEmpty()) {
        out.println(nothing);
      } else {
        print(out);
      }
    }
  }
}
