package io.blkwarden.commandline.top;

import io.blkwarden.commandline.Ink;
import io.blkwarden.commandline.Tty;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The refresh loop of {@code top}: full screen on a terminal, else plain text or JSON. */
public final class TopLoop {
  /** Timeout of key input; the screen size is checked as often. */
  private static final long KEY_MILLIS = 150;

  /** Maximum delay of the second refresh: the first has no rates. */
  private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final TopOptions options;
  private final boolean hosts;
  private final PrintWriter out;
  private final Tty tty;
  private final LongSupplier nanos;

  /**
   * Creates a loop.
   *
   * @param hosts whether disks are of several hosts
   * @param out output of plain text and JSON, not of the full screen
   * @param nanos monotonic clock
   */
  public TopLoop(TopOptions options, boolean hosts, PrintWriter out, Tty tty, LongSupplier nanos) {
    this.options = options;
    this.hosts = hosts;
    this.out = out;
    this.tty = tty;
    this.nanos = nanos;
  }

  /**
   * Runs until the user quits, all refreshes are done, or the output is closed.
   *
   * @param source returns the current data
   * @throws IOException if the terminal cannot be used
   */
  public void run(Supplier<TopRound> source) throws IOException {
    if (options.screen() && tty.fullScreen()) {
      try (Screen screen = Screen.open()) {
        onScreen(screen, source);
      }
    } else {
      inPipe(source);
    }
  }

  private void inPipe(Supplier<TopRound> source) {
    TopPage page = new TopPage(hosts, new Ink(false));
    for (int n = 0; n < options.refreshes() && !out.checkError() && waited(); n++) {
      TopRound round = source.get();
      List<DiskLine> sorted = round.sorted(options.sort, options.filter);
      if (options.json) {
        out.println(TopJson.line(round, options.sort, TopPage.first(sorted, options.rows)));
      } else {
        if (n > 0) {
          out.println();
        }
        page.plain(round, sorted, options.sort, options.rows).forEach(out::println);
      }
      out.flush();
    }
  }

  /** Waits for an interval; false if interrupted. */
  private boolean waited() {
    long end = nanos.getAsLong() + options.interval.toNanos();
    long left = options.interval.toNanos();
    while (left > 0 && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(left);
      left = end - nanos.getAsLong();
    }
    return left <= 0;
  }

  private void onScreen(Screen screen, Supplier<TopRound> source) throws IOException {
    TopPage page = new TopPage(hosts, tty.ink());
    TopView view = TopView.of(options.sort, options.filter);
    TopRound round = source.get();
    long next = nanos.getAsLong() + Math.min(FIRST_NANOS, options.interval.toNanos());
    List<DiskLine> sorted = List.of();
    int columns = 0;
    int rows = 0;
    boolean changed = true;
    while (!view.over()) {
      if (changed) {
        sorted = round.sorted(view.sort(), view.filter());
      }
      if (changed || columns != screen.columns() || rows != screen.rows()) {
        columns = screen.columns();
        rows = screen.rows();
        view = view.within(sorted.size(), TopPage.room(round, rows));
        screen.show(page.screen(round, sorted, view, columns, rows));
      }
      int key = screen.key(KEY_MILLIS);
      changed = key != Screen.NOTHING;
      if (changed) {
        view = view.pressed(key, sorted.size(), TopPage.room(round, rows));
      }
      if (nanos.getAsLong() - next >= 0 && !view.frozen()) {
        round = source.get();
        next = nanos.getAsLong() + options.interval.toNanos();
        changed = true;
      }
    }
  }
}
