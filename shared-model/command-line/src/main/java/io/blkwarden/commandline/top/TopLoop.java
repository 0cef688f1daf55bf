package io.blkwarden.commandline.top;

import io.blkwarden.commandline.TextStyle;
import io.blkwarden.commandline.Tty;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jline.terminal.Size;
import org.jspecify.annotations.Nullable;

/**
 * The refresh loop of {@code top}: full screen on a terminal, else plain text or JSON.
 *
 * @param options the command line
 * @param hosts whether disks are of several hosts
 * @param operator throttles disks on key presses; null if the user cannot
 * @param out output of plain text and JSON, not of the full screen
 * @param tty the terminal
 * @param nanos monotonic clock
 */
public record TopLoop(
    TopOptions options,
    boolean hosts,
    @Nullable Operator operator,
    PrintWriter out,
    Tty tty,
    LongSupplier nanos) {
  /** Timeout of key input; the screen size is checked as often. */
  private static final long KEY_MILLIS = 150;

  /** Maximum delay of the second refresh: the first has no rates. */
  private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Throttles and releases disks for the user; returns the result as text. */
  public interface Operator {
    /** Lease of a throttle. */
    Duration LEASE = Duration.ofMinutes(10);

    /** Throttles a disk, if {@code throttle}, else releases it. */
    String apply(DiskLine disk, boolean throttle);
  }

  /**
   * Runs until the user quits, all refreshes are done, or the output is closed.
   *
   * @param source returns the current data
   * @throws IOException if the terminal cannot be used
   */
  public void run(Supplier<TopRound> source) throws IOException {
    if (options.screen() && tty.fullScreen()) {
      try (Screen screen = new Screen()) {
        onScreen(screen, source);
      }
    } else {
      inPipe(source);
    }
  }

  private void inPipe(Supplier<TopRound> source) {
    TopPage page = new TopPage(new TopTable(hosts, options.totals), new TextStyle(false));
    for (int n = 0; n < options.refreshes() && !out.checkError() && waited(); n++) {
      TopRound round = source.get();
      List<DiskLine> sorted = round.sorted(options.sort, options.totals, options.filter);
      if (options.json) {
        List<DiskLine> first = TopPage.first(sorted, options.rows);
        out.println(TopPage.json(round, options.sort, options.totals, first));
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
    TopPage page = new TopPage(new TopTable(hosts, options.totals), tty.style());
    TopView view = new TopView(options.sort, options.filter, operator != null);
    TopRound round = source.get();
    long next = nanos.getAsLong() + Math.min(FIRST_NANOS, options.interval.toNanos());
    List<DiskLine> sorted = List.of();
    Size size = screen.size();
    boolean changed = true;
    while (view.mode != TopView.Mode.QUIT) {
      if (changed) {
        sorted = round.sorted(view.sort, options.totals, view.filter);
      }
      if (changed || !size.equals(screen.size())) {
        size = screen.size();
        view.within(sorted, TopPage.room(round, size.getRows()));
        screen.show(page.screen(round, sorted, view, size.getColumns(), size.getRows()));
      }
      int key = screen.key(KEY_MILLIS);
      changed = key != Screen.NOTHING;
      if (changed) {
        TopView.Mode asked = view.mode;
        view.pressed(key, sorted, TopPage.room(round, size.getRows()));
        if (key == 'y' && (asked == TopView.Mode.THROTTLE || asked == TopView.Mode.RELEASE)) {
          view.status = "request sent, waiting for the reply";
          screen.show(page.screen(round, sorted, view, size.getColumns(), size.getRows()));
          view.status =
              Objects.requireNonNull(operator)
                  .apply(Objects.requireNonNull(view.disk), asked == TopView.Mode.THROTTLE);
        }
      }
      if (nanos.getAsLong() - next >= 0 && !view.paused) {
        round = source.get();
        next = nanos.getAsLong() + options.interval.toNanos();
        changed = true;
      }
    }
  }
}
