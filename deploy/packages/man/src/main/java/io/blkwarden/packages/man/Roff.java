package io.blkwarden.packages.man;

import java.time.LocalDate;

/** A page in the macros of man(7). Text is escaped: it cannot contain requests or escapes. */
final class Roff {
  private final StringBuilder page = new StringBuilder();

  /** The title; the dashes of the date are not escaped. */
  void title(String name, int section, LocalDate date, String version) {
    page.append(".TH \"%s\" \"%d\" \"%s\"".formatted(escaped(name), section, date));
    page.append(" \"blkwarden %s\" \"blkwarden\"%n".formatted(escaped(version)));
  }

  /** A macro with quoted arguments. */
  Roff macro(String name, String... arguments) {
    page.append('.').append(name);
    for (String argument : arguments) {
      page.append(" \"").append(escaped(argument)).append('"');
    }
    page.append('\n');
    return this;
  }

  /** Text of a paragraph, on one line. */
  Roff text(String text) {
    String line = escaped(text.strip().replaceAll("\\s+", " "));
    if (!line.isEmpty()) {
      page.append(line.startsWith(".") || line.startsWith("'") ? "\\&" : "");
      page.append(line).append('\n');
    }
    return this;
  }

  /** A term in bold, and its meaning in the indented paragraph below. */
  Roff entry(String term, String meaning) {
    return macro("TP").macro("B", term).text(meaning.isEmpty() ? "-" : meaning);
  }

  @Override
  public String toString() {
    return page.toString();
  }

  private static String escaped(String text) {
    StringBuilder out = new StringBuilder(text.length() + 8);
    text.codePoints()
        .forEach(c ->
            out.append(
                switch (c) {
                  case '\\' -> "\\e";
                  case '-' -> "\\-";
                  case '"' -> "\\(dq";
                  case '\'' -> "\\(aq";
                  case '`' -> "\\(ga";
                  case '^' -> "\\(ha";
                  case '~' -> "\\(ti";
                  default -> c < 0x7F ? Character.toString(c) : "\\[u%04X]".formatted(c);
                }));
    return out.toString();
  }
}
