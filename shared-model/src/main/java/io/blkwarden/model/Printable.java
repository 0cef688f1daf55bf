package io.blkwarden.model;

import static java.util.stream.Collectors.joining;

import java.util.function.IntFunction;

/**
 * Escapes untrusted text (a domain's name, a volume's path) for terminals and logs.
 *
 * <p>Control, format, surrogate and unassigned characters are written {@code \\u001B}, so that no
 * name can move the cursor, forge a line or change the text direction.
 */
public final class Printable {
  private Printable() {}

  /** Escapes invisible characters and backslashes. */
  public static String of(String text) {
    return escaped(text.replace("\\", "\\\\"));
  }

  /**
   * Formats a message on one line: line breaks become {@code | }, and invisible characters are
   * escaped. Backslashes stay, because parts of the message may be escaped already.
   */
  public static String line(String message) {
    return escaped(message.replaceAll("[\\r\\n]+", " | "));
  }

  /** Escapes invisible characters in the strings of a JSON text. */
  public static String json(String object) {
    return escaped(
        object,
        c -> Character.toString(c).chars().mapToObj("\\u%04X"::formatted).collect(joining()));
  }

  private static String escaped(String text) {
    return escaped(text, c -> (c <= 0xFFFF ? "\\u%04X" : "\\U%08X").formatted(c));
  }

  private static String escaped(String text, IntFunction<String> escape) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> {
          if (visible(c)) {
            out.appendCodePoint(c);
          } else {
            out.append(escape.apply(c));
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
