package io.blkwarden.commandline.top;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.Cells;
import io.blkwarden.commandline.TextStyle;
import io.blkwarden.model.Printable;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.node.ObjectNode;

/** A refresh as text, for a screen or a pipe. */
record TopPage(TopTable table, TextStyle style) {
  private static final String KEYS = "< > sort  / search  Enter detail  ";
  private static final String ACTIONS = "t throttle  r release  ";
  private static final String MORE_KEYS = "space pause  q quit";

  /** Summary, table header, keys. */
  private static final int FIXED_ROWS = 3;

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
    int from = Math.min(view.offset, Math.max(0, sorted.size() - 1));
    int to = Math.min(sorted.size(), from + room(round, rows));
    List<String> page = new ArrayList<>();
    page.add(Cells.cut(head(round, view, from, to, sorted.size()), columns));
    round
        .remarks()
        .forEach(each -> page.add(style.warning(Cells.cut(Printable.of(each), columns))));
    if (view.detail()) {
      detail(Objects.requireNonNull(view.disk)).forEach(each -> page.add(Cells.cut(each, columns)));
    } else {
      list(sorted.subList(from, to), view, columns, page);
    }
    while (page.size() < rows - 1) {
      page.add("");
    }
    List<String> cut = page.subList(0, Math.clamp(rows - 1L, 0, page.size()));
    cut.add(Cells.cut(bottom(view), columns));
    return cut;
  }

  private void list(List<DiskLine> shown, TopView view, int columns, List<String> page) {
    List<String> lines = table.lines(shown, view.sort, columns - 1);
    page.add(style.head(Cells.left(" " + lines.getFirst(), columns)));
    for (int row = 0; row < shown.size(); row++) {
      boolean selected = view.offset + row == view.selected;
      String line = Cells.cut((selected ? ">" : " ") + lines.get(row + 1), columns);
      boolean throttled = shown.get(row).throttle() != null;
      page.add(selected ? style.head(line) : throttled ? style.warning(line) : line);
    }
  }

  /** All columns of a disk, and its totals. */
  private static List<String> detail(DiskLine disk) {
    List<String> lines = new ArrayList<>();
    for (Column column : Column.values()) {
      String title = column.title(false);
      lines.add("  %-10s%s".formatted(title, column.text(disk, false)));
      if (!title.equals(column.title(true))) {
        String total = column.text(disk, true);
        lines.add(lines.removeLast() + ", %s since top started".formatted(total));
      }
    }
    lines.add(2, "  %-10s%s".formatted("UUID", Printable.of(disk.uuid())));
    return lines;
  }

  private static String bottom(TopView view) {
    String disk = view.disk == null ? "" : Printable.of(view.disk.path());
    return switch (view.mode) {
      case SEARCH -> "search: " + Printable.of(view.filter);
      case THROTTLE ->
          "throttle %s (priority idle, %d min)? y/n"
              .formatted(disk, TopLoop.Operator.LEASE.toMinutes());
      case RELEASE -> "release the throttle of %s? y/n".formatted(disk);
      case LIST, DETAIL, QUIT ->
          view.status.isEmpty()
              ? KEYS + (view.operator ? ACTIONS : "") + MORE_KEYS
              : Printable.of(view.status);
    };
  }

  private static String head(TopRound round, TopView view, int from, int to, int all) {
    return "%s  %s  %s, by %s%s%s"
        .formatted(
            round.at().truncatedTo(ChronoUnit.SECONDS),
            Printable.of(round.summary()),
            all == 0 ? "no disks" : "%d to %d of %d".formatted(from + 1, to, all),
            view.sort,
            view.filter.isEmpty() ? "" : ", with '%s'".formatted(Printable.of(view.filter)),
            view.paused ? "  PAUSED" : "");
  }

  /**
   * The lines for a pipe.
   *
   * @param sorted the matching disks, in order
   * @param max maximum number of disks; 0 for all
   */
  List<String> plain(TopRound round, List<DiskLine> sorted, Column sort, int max) {
    List<DiskLine> shown = first(sorted, max);
    List<String> page = new ArrayList<>();
    page.add(
        "%s  %s, by %s"
            .formatted(
                round.at().truncatedTo(ChronoUnit.SECONDS), Printable.of(round.summary()), sort));
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

  /**
   * The refresh as a JSON object on one line; unknown values are null.
   *
   * @param totals whether it has totals, too
   */
  static String json(TopRound round, Column sort, boolean totals, List<DiskLine> shown) {
    ObjectNode root = AsciiJson.document("blkwarden.top.v1");
    root.put("at", round.at().toString());
    root.put("sort", sort.toString());
    root.put("disks_total", round.disks().size());
    var disks = root.putArray("disks");
    for (DiskLine line : shown) {
      ObjectNode disk = disks.addObject();
      disk.put("host", line.host());
      disk.put("domain", line.domain());
      disk.put("disk", line.disk());
      disk.put("role", line.role());
      line.devices().forEach(disk.putArray("devices")::add);
      line.threads().forEach(disk.putArray("threads")::add);
      DiskLine.Load load = line.load();
      number(disk, "in_flight", load.inFlight());
      DiskLine.Io rate = load.rate();
      number(disk, "iops", rate.ios());
      number(disk, "read_iops", rate.reads());
      number(disk, "write_iops", rate.writes());
      number(disk, "bytes_per_s", rate.bytes());
      number(disk, "read_bytes_per_s", rate.readBytes());
      number(disk, "write_bytes_per_s", rate.writeBytes());
      number(disk, "await_ms", load.awaitMillis());
      number(disk, "util", load.util());
      number(disk, "device_time_share", load.share());
      number(disk, "pain_ms", load.latencyScoreMillis());
      disk.put("throttle", line.throttle());
      if (totals) {
        disk.putObject("total")
            .put("reads", Math.round(line.total().reads()))
            .put("writes", Math.round(line.total().writes()))
            .put("read_bytes", Math.round(line.total().readBytes()))
            .put("write_bytes", Math.round(line.total().writeBytes()));
      }
    }
    round.remarks().forEach(root.putArray("remarks")::add);
    return AsciiJson.text(root);
  }

  private static void number(ObjectNode disk, String name, double value) {
    if (Double.isNaN(value)) {
      disk.putNull(name);
    } else {
      disk.put(name, Math.round(value * 1_000) / 1_000.0);
    }
  }
}
