package io.blkwarden.commandline;

/** How text is set off on a terminal ({@link Tty#colors}). */
public enum Color {
  /** What hurts. */
  RED(31),
  /** What is well. */
  GREEN(32),
  /** What is held back, or not known. */
  YELLOW(33),
  /** A head. */
  REVERSE(7);

  private static final String ESCAPE = "\u001B[";

  private final int code;

  Color(int code) {
    this.code = code;
  }

  /**
   * The text in this colour.
   *
   * @param text what must be printable already
   * @param on false leaves it as it is
   */
  public String of(String text, boolean on) {
    return on ? ESCAPE + code + "m" + text + ESCAPE + "0m" : text;
  }
}
