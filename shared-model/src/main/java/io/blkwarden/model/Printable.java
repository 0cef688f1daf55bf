package io.blkwarden.model;

/**
 * Text that others chose (a domain's name, a volume's path) made safe for terminals and logs.
 *
 * <p>Control, format, surrogate and unassigned characters are written {@code \\u001B}, so that no
 * name can move the cursor, forge a line, or turn the direction of writing.
 */
public final class Printable {
  private Printable() {}

  /** The text with everything that is not plainly visible escaped; a backslash too. */
  public static String of(String text) {
    return escaped(text.replace("\\", "\\\\"));
  }

  /**
   * A message on one line: line breaks become {@code | }, and everything else that is not plainly
   * visible is escaped. Backslashes stay, for parts of a message may be escaped already.
   */
  public static String line(String message) {
    return escaped(message.replaceAll("[\\r\\n]+", " | "));
  }

  /** A JSON text with everything escaped that is not plainly visible, inside its strings. */
  public static String json(String object) {
    StringBuilder out = new StringBuilder(object.length());
    object
        .codePoints()
        .forEach(c -> {
          if (visible(c)) {
            out.appendCodePoint(c);
          } else {
            for (char half : Character.toChars(c)) {
              out.append("\\u%04X".formatted((int) half));
            }
          }
        });
    return out.toString();
  }

  private static String escaped(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> {
          if (visible(c)) {
            out.appendCodePoint(c);
          } else if (c <= 0xFFFF) {
            out.append("\\u%04X".formatted(c));
          } else {
            out.append("\\U%08X".formatted(c));
          }
        });
    return out.toString();
  }

  private static boolean visible(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
