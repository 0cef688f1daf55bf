package io.blkwarden.commandline;

import io.blkwarden.model.Printable;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A text table with a row per item and aligned columns; control characters are escaped. Columns are
 * as wide as their contents, up to a limit, beyond which text is truncated, except in the last
 * column.
 */
public final class Table<T> {
  private static final String GAP = "  ";

  private final List<T> items;
  private final int maxWidth;
  private final List<String> titles = new ArrayList<>();
  private final List<Cell<T>> cells = new ArrayList<>();
  private BiFunction<T, String, String> paint = (_, text) -> text;

  private Table(Collection<T> items, int maxWidth) {
    this.items = List.copyOf(items);
    this.maxWidth = maxWidth;
  }

  /** A table without truncation. */
  public static <T> Table<T> of(Collection<T> items) {
    return new Table<>(items, Integer.MAX_VALUE);
  }

  /**
   * A table with a column limit.
   *
   * @param maxWidth maximum width of a column, in cells
   */
  public static <T> Table<T> of(Collection<T> items, int maxWidth) {
    return new Table<>(items, maxWidth);
  }

  /** The value of a cell; null and empty text are shown as {@code -}. */
  public interface Cell<T> {
    /** The value for this item. */
    @Nullable Object of(T item);
  }

  /** Number of rows without the header. */
  public int size() {
    return items.size();
  }

  /** Adds a column. */
  public Table<T> column(String title, Cell<T> cell) {
    titles.add(title);
    cells.add(cell);
    return this;
  }

  /** Sets the colour of the last column. */
  public Table<T> paintLast(BiFunction<T, String, String> paint) {
    this.paint = paint;
    return this;
  }

  /** The header and the rows, without trailing spaces. */
  public List<String> lines() {
    List<List<String>> rows = new ArrayList<>(List.of(titles));
    items.forEach(item -> rows.add(cells.stream().map(cell -> text(cell.of(item))).toList()));
    int last = titles.size() - 1;
    int[] widths = IntStream.range(0, last).map(column -> width(rows, column)).toArray();
    List<String> lines = new ArrayList<>(rows.size());
    for (int n = 0; n < rows.size(); n++) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < last; i++) {
        String cell = Cells.cut(rows.get(n).get(i), maxWidth);
        line.append(Cells.left(cell, widths[i])).append(GAP);
      }
      String text = rows.get(n).get(last);
      line.append(n == 0 ? text : paint.apply(items.get(n - 1), text));
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }

  private int width(List<List<String>> rows, int column) {
    return rows.stream()
        .mapToInt(row -> Math.min(maxWidth, Cells.width(row.get(column))))
        .max()
        .orElse(0);
  }

  private static String text(@Nullable Object value) {
    String text = value == null ? "" : Printable.of(value.toString());
    return text.isEmpty() ? "-" : text;
  }

  /** Prints header and rows. */
  public void print(PrintWriter out) {
    lines().forEach(out::println);
  }

  /** Prints header and rows; without rows, this sentence. */
  public void print(PrintWriter out, String nothing) {
    if (items.isEmpty()) {
      out.println(nothing);
    } else {
      print(out);
    }
  }
}
