package io.blkwarden.commandline.top;

import io.blkwarden.commandline.Cells;
import io.blkwarden.commandline.Ink;
import io.blkwarden.model.Printable;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** A round as text: for a screen of a size, or for a pipe. */
final class TopPage {
  private static final String KEYS =
      SortKey.keys() + "  / find  space freeze  up/down scroll  q quit";

  /** Head, head of the table, keys. */
  private static final int FIXED_ROWS = 3;

  private final TopTable table;
  private final Ink ink;

  /**
   * A page.
   *
   * @param hosts whether it has a column for them
   * @param ink by which throttled disks are set off besides being marked
   */
  TopPage(boolean hosts, Ink ink) {
    this.table = new TopTable(hosts);
    this.ink = ink;
  }

  /** How many disks a screen of so many rows has place for. */
  static int room(TopRound round, int rows) {
    return Math.max(1, rows - FIXED_ROWS - round.remarks().size());
  }

  /**
   * The lines of a whole screen, none wider and no more than it has.
   *
   * @param sorted the disks that the view shows, in its order
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
    page.add(Cells.cut(view.typing() ? "find: " + Printable.of(view.filter()) : KEYS, columns));
    return page.subList(0, Math.min(rows, page.size()));
  }

  private static String head(TopRound round, TopView view, int from, int to, int all) {
    return "%s  %s  %s, by %s%s%s"
        .formatted(
            round.at().truncatedTo(ChronoUnit.SECONDS),
            Printable.of(round.summary()),
            all == 0 ? "none shown" : "%d to %d of %d".formatted(from + 1, to, all),
            view.sort().word(),
            view.filter().isEmpty() ? "" : ", with '%s'".formatted(Printable.of(view.filter())),
            view.frozen() ? "  FROZEN" : "");
  }

  /**
   * The lines for a pipe.
   *
   * @param sorted the disks that are asked for, in order
   * @param most how many of them; 0 for all
   */
  List<String> plain(TopRound round, List<DiskLine> sorted, SortKey sort, int most) {
    List<DiskLine> shown = first(sorted, most);
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

  /** So many of the disks; 0 for all. */
  static List<DiskLine> first(List<DiskLine> sorted, int most) {
    return most == 0 || sorted.size() <= most ? sorted : sorted.subList(0, most);
  }
}
