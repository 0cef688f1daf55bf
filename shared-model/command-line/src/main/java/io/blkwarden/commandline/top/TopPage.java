package io.blkwarden.commandline.top;

import io.blkwarden.commandline.Cells;
import io.blkwarden.commandline.Ink;
import io.blkwarden.model.Printable;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** A refresh as text, for a screen or a pipe. */
final class TopPage {
  private static final String KEYS =
      SortKey.keys() + "  / search  space pause  up/down scroll  q quit";

  /** Summary, table header, keys. */
  private static final int FIXED_ROWS = 3;

  private final TopTable table;
  private final Ink ink;

  /**
   * Creates a page.
   *
   * @param hosts whether it has a host column
   * @param ink colours
   */
  TopPage(boolean hosts, Ink ink) {
    this.table = new TopTable(hosts);
    this.ink = ink;
  }

  /** The number of disks that fit on a screen. */
  static int room(TopRound round, int rows) {
    return Math.max(1, rows - FIXED_ROWS - round.remarks().size());
  }

  /**
   * The lines of a screen.
   *
   * @param sorted the disks of the view, in its order
   */
  List<String> screen(TopRound round, List<DiskLine> sorted, TopView view, int columns, int rows) {
    int from = Math.min(view.offset(), Math.max(0, sorted.size() - 1));
    int to = Math.min(sorted.size(), from + room(round, rows));
    List<DiskLine> shown = sorted.subList(from, to);
    List<String> page = new ArrayList<>();
    page.add(Cells.cut(head(round, view, from, to, sorted.size()), columns));
    round.remarks().forEach(each -> page.add(ink.warning(Cells.cut(Printable.of(each), columns))));
    List<String> lines = table.lines(shown, view.sort(), columns);
    page.add(ink.head(Cells.left(lines.getFirst(), columns)));
    for (int i = 1; i < lines.size(); i++) {
      boolean throttled = shown.get(i - 1).throttle() != null;
      page.add(throttled ? ink.warning(lines.get(i)) : lines.get(i));
    }
    while (page.size() < rows - 1) {
      page.add("");
    }
    page.add(Cells.cut(view.typing() ? "search: " + Printable.of(view.filter()) : KEYS, columns));
    return page.subList(0, Math.min(rows, page.size()));
  }

  private static String head(TopRound round, TopView view, int from, int to, int all) {
    return "%s  %s  %s, by %s%s%s"
        .formatted(
            round.at().truncatedTo(ChronoUnit.SECONDS),
            Printable.of(round.summary()),
            all == 0 ? "no disks" : "%d to %d of %d".formatted(from + 1, to, all),
            view.sort().word(),
            view.filter().isEmpty() ? "" : ", with '%s'".formatted(Printable.of(view.filter())),
            view.frozen() ? "  PAUSED" : "");
  }

  /**
   * The lines for a pipe.
   *
   * @param sorted the matching disks, in order
   * @param max maximum number of disks; 0 for all
   */
  List<String> plain(TopRound round, List<DiskLine> sorted, SortKey sort, int max) {
    List<DiskLine> shown = first(sorted, max);
    List<String> page = new ArrayList<>();
    page.add(
        "%s  %s, by %s"
            .formatted(
                round.at().truncatedTo(ChronoUnit.SECONDS),
                Printable.of(round.summary()),
                sort.word()));
    round.remarks().forEach(each -> page.add(Printable.of(each)));
    page.addAll(table.lines(shown, sort, Integer.MAX_VALUE));
    int more = sorted.size() - shown.size();
    if (more > 0) {
      page.add("and %d more disks: --rows 0 shows all".formatted(more));
    }
    return page;
  }

  /** The first disks; all if the maximum is 0. */
  static List<DiskLine> first(List<DiskLine> sorted, int max) {
    return max == 0 || sorted.size() <= max ? sorted : sorted.subList(0, max);
  }
}
