package io.blkwarden.controller.cli;

import io.blkwarden.commandline.DurationText;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How far something long is: a bar on stderr, gone when it is over. Without a terminal, and beside
 * JSON, there is none.
 */
final class Progress implements AutoCloseable {
  private static final long EACH_MILLIS = 200;
  private static final int CELLS = 24;

  private final PrintWriter err;
  private final boolean shown;
  private final LongSupplier millis;
  private final long begun;
  private long next;
  private int width;

  /**
   * A bar that is drawn when the first work is done.
   *
   * @param shown whether there is anybody who looks
   * @param millis a clock in ms that never steps
   */
  Progress(PrintWriter err, boolean shown, LongSupplier millis) {
    this.err = err;
    this.shown = shown;
    this.millis = millis;
    this.begun = millis.getAsLong();
    this.next = begun + EACH_MILLIS;
  }

  /** A bar of a command. */
  static Progress of(CommandContext context) {
    // absent without a terminal, or there and none, as the JDK's vendor likes
    boolean terminal =
        Optional.ofNullable(System.console()).filter(each -> each.isTerminal()).isPresent();
    return new Progress(
        context.err(),
        terminal && !context.json(),
        () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
  }

  /**
   * Draws it, a few times a second.
   *
   * @param done of {@code all}
   * @param all how much there is; not above 0 when nobody knows
   * @param text what is being done, of the program's own words
   */
  void at(long done, long all, String text) {
    long now = shown ? millis.getAsLong() : next - 1;
    if (now < next) {
      return;
    }
    next = now + EACH_MILLIS;
    StringBuilder line = new StringBuilder();
    if (all > 0) {
      double part = Math.clamp((double) done / all, 0, 1);
      int full = (int) (part * CELLS);
      line.append('[').append("#".repeat(full)).append(".".repeat(CELLS - full));
      line.append("] %3d%%  ".formatted((int) (part * 100)));
    }
    line.append(text);
    if (all > 0 && done > 0 && done < all) {
      long left = Math.round((now - begun) * ((double) (all - done) / done));
      line.append("  ").append(DurationText.print(Duration.ofMillis(left))).append(" left");
    }
    draw(line.toString());
  }

  private void draw(String line) {
    err.print('\r' + line + " ".repeat(Math.max(0, width - line.length())));
    err.flush();
    width = line.length();
  }

  /** Rubs it out, so that what is printed next begins at the margin. */
  void rubOut() {
    if (width > 0) {
      draw("");
      err.print('\r');
      err.flush();
    }
  }

  @Override
  public void close() {
    rubOut();
  }
}
