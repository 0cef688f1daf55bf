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

/** Looks again and again: on the whole screen of a terminal, else as plain text or JSON. */
public final class TopLoop {
  /** How long a key is waited for; the size of the screen is looked at as often. */
  private static final long KEY_MILLIS = 150;

  /** The first look knows no rates, so the second does not wait for long. */
  private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final TopOptions options;
  private final boolean hosts;
  private final PrintWriter out;
  private final Tty tty;
  private final LongSupplier nanos;

  /**
   * A loop.
   *
   * @param hosts whether the disks are of several hosts
   * @param out for plain text and JSON; the screen is taken without it
   * @param nanos a monotonic clock
   */
  public TopLoop(TopOptions options, boolean hosts, PrintWriter out, Tty tty, LongSupplier nanos) {
    this.options = options;
    this.hosts = hosts;
    this.out = out;
    this.tty = tty;
    this.nanos = nanos;
  }

  /**
   * Runs until it is left, all looks are done, or nobody reads any more.
   *
   * @param looks gives what is seen now
   * @throws IOException if the terminal cannot be used
   */
  public void run(Supplier<TopRound> looks) throws IOException {
    if (options.screen() && tty.fullScreen()) {
      try (Screen screen = Screen.open()) {
        onScreen(screen, looks);
      }
    } else {
      inPipe(looks);
    }
  }

  private void inPipe(Supplier<TopRound> looks) {
    TopPage page = new TopPage(hosts, new Ink(false));
    for (int look = 0; look < options.looks() && !out.checkError() && waited(); look++) {
      TopRound round = looks.get();
      List<DiskLine> sorted = round.sorted(options.sort, options.filter);
      if (options.json) {
        out.println(TopJson.line(round, options.sort, TopPage.first(sorted, options.rows)));
      } else {
        if (look > 0) {
          out.println();
        }
        page.plain(round, sorted, options.sort, options.rows).forEach(out::println);
      }
      out.flush();
    }
  }

  /** Waits for an interval; false when it was interrupted meanwhile. */
  private boolean waited() {
    long end = nanos.getAsLong() + options.interval.toNanos();
    long rest = options.interval.toNanos();
    while (rest > 0 && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(rest);
      rest = end - nanos.getAsLong();
    }
    return rest <= 0;
  }

  private void onScreen(Screen screen, Supplier<TopRound> looks) throws IOException {
    TopPage page = new TopPage(hosts, tty.ink());
    TopView view = TopView.of(options.sort, options.filter);
    TopRound round = looks.get();
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
        round = looks.get();
        next = nanos.getAsLong() + options.interval.toNanos();
        changed = true;
      }
    }
  }
}
