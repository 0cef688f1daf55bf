package io.blkwarden.commandline;

import org.jline.utils.WCWidth;

/** Text in terminal cells; a character takes 0, 1 or 2 cells. */
public final class Cells {
  private Cells() {}

  /** The width of a printable text, in cells. */
  public static int width(String text) {
    return text.codePoints().map(Cells::width).sum();
  }

  private static int width(int codePoint) {
    return Math.max(0, WCWidth.wcwidth(codePoint));
  }

  /** The text, truncated to a width; truncated text ends in {@code …}. */
  public static String cut(String text, int cells) {
    if (width(text) <= cells) {
      return text;
    }
    StringBuilder cut = new StringBuilder();
    int used = 0;
    for (int at = 0; at < text.length(); ) {
      int codePoint = text.codePointAt(at);
      used += width(codePoint);
      if (used > cells - 1) {
        break;
      }
      cut.appendCodePoint(codePoint);
      at += Character.charCount(codePoint);
    }
    return cells > 0 ? cut.append('…').toString() : "";
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
