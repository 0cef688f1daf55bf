package io.blkwarden.controller.cli;

import io.blkwarden.commandline.DurationText;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A progress bar on stderr, removed at the end; not shown without a terminal or with {@code
 * --json}.
 */
final class Progress implements AutoCloseable {
  private static final long REDRAW_MILLIS = 200;
  private static final int CELLS = 24;

  private final PrintWriter err;
  private final boolean shown;
  private final LongSupplier millis;
  private final long start;
  private long next;
  private int width;

  /**
   * A bar that is not drawn yet.
   *
   * @param shown whether to draw it
   * @param millis a monotonic clock in ms
   */
  Progress(PrintWriter err, boolean shown, LongSupplier millis) {
    this.err = err;
    this.shown = shown;
    this.millis = millis;
    this.start = millis.getAsLong();
    this.next = start + REDRAW_MILLIS;
  }

  /** The progress bar of a command. */
  static Progress of(CommandContext context) {
    // without a terminal, null or a console that is none, depending on the JDK
    boolean terminal =
        Optional.ofNullable(System.console()).filter(each -> each.isTerminal()).isPresent();
    return new Progress(
        context.err(),
        terminal && !context.json(),
        () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
  }

  /**
   * Updates the bar; redraws it every {@link #REDRAW_MILLIS}.
   *
   * @param done amount of work done
   * @param all amount of work in total; 0 or less if unknown
   * @param text printed as it is: must not contain names from guests
   */
  void at(long done, long all, String text) {
    long now = shown ? millis.getAsLong() : next - 1;
    if (now < next) {
      return;
    }
    next = now + REDRAW_MILLIS;
    StringBuilder line = new StringBuilder();
    if (all > 0) {
      double part = Math.clamp((double) done / all, 0, 1);
      int full = (int) (part * CELLS);
      line.append('[').append("#".repeat(full)).append(".".repeat(CELLS - full));
      line.append("] %3d%%  ".formatted((int) (part * 100)));
    }
    line.append(text);
    if (all > 0 && done > 0 && done < all) {
      long left = Math.round((now - start) * ((double) (all - done) / done));
      line.append("  ").append(DurationText.print(Duration.ofMillis(left))).append(" left");
    }
    draw(line.toString());
  }

  private void draw(String line) {
    err.print('\r' + line + " ".repeat(Math.max(0, width - line.length())));
    err.flush();
    width = line.length();
  }

  /** Removes the bar before other output. */
  void clear() {
    if (width > 0) {
      draw("");
      err.print('\r');
      err.flush();
    }
  }

  @Override
  public void close() {
    clear();
  }
}
