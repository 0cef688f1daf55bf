package io.blkwarden.commandline;

/**
 * Colour of words that a program chose itself, on a terminal.
 *
 * @param on whether there is any
 */
public record Ink(boolean on) {
  /** What is as it should be. */
  public String good(String text) {
    return paint(text, 32);
  }

  /** What wants a look. */
  public String warning(String text) {
    return paint(text, 33);
  }

  /** What is wrong. */
  public String bad(String text) {
    return paint(text, 31);
  }

  /** What matters less. */
  public String dim(String text) {
    return paint(text, 2);
  }

  /** A head of a table. */
  public String head(String text) {
    return paint(text, 7);
  }

  private String paint(String text, int code) {
    return on ? "\u001B[%dm%s\u001B[0m".formatted(code, text) : text;
  }
}
