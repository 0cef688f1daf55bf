package io.blkwarden.commandline;

/**
 * Colours of text on a terminal.
 *
 * @param on whether colours are used
 */
public record TextStyle(boolean on) {
  /** Green. */
  public String good(String text) {
    return paint(text, 32);
  }

  /** Yellow. */
  public String warning(String text) {
    return paint(text, 33);
  }

  /** Red. */
  public String bad(String text) {
    return paint(text, 31);
  }

  /** Dim. */
  public String dim(String text) {
    return paint(text, 2);
  }

  /** Inverse, for table headers. */
  public String head(String text) {
    return paint(text, 7);
  }

  private String paint(String text, int code) {
    return on ? "\u001B[%dm%s\u001B[0m".formatted(code, text) : text;
  }
}
