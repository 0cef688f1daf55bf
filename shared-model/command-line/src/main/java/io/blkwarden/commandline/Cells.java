package io.blkwarden.commandline;

import org.jline.utils.AttributedString;

/** Text in terminal cells; a character takes 0, 1 or 2 cells. */
public final class Cells {
  private Cells() {}

  /** The width of a printable text, in cells. */
  public static int width(String text) {
    return new AttributedString(text).columnLength();
  }

  /** The text, truncated to a width; truncated text ends in {@code …}. */
  public static String cut(String text, int cells) {
    if (width(text) <= cells) {
      return text;
    }
    return cells > 0 ? new AttributedString(text).columnSubSequence(0, cells - 1) + "…" : "";
  }

  /** The text, padded on the right. */
  public static String left(String text, int cells) {
    return text + " ".repeat(Math.max(0, cells - width(text)));
  }

  /** The text, padded on the left. */
  public static String right(String text, int cells) {
    return " ".repeat(Math.max(0, cells - width(text))) + text;
  }
}
