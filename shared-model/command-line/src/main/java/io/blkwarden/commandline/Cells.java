package io.blkwarden.commandline;

import org.jline.utils.WCWidth;

/** Text in the cells of a terminal, of which a character takes none, one or two. */
public final class Cells {
  private Cells() {}

  /** How many cells a printable text takes. */
  public static int width(String text) {
    return text.codePoints().map(Cells::width).sum();
  }

  private static int width(int codePoint) {
    return Math.max(0, WCWidth.wcwidth(codePoint));
  }

  /** The text in at most so many cells; one that was cut ends in {@code …}. */
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

  /** The text and spaces up to so many cells. */
  public static String left(String text, int cells) {
    return text + " ".repeat(Math.max(0, cells - width(text)));
  }

  /** Spaces and the text, so many cells together. */
  public static String right(String text, int cells) {
    return " ".repeat(Math.max(0, cells - width(text))) + text;
  }
}
