package io.blkwarden.packages.man;

import java.time.LocalDate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A page in the macros of man(7). Text is taken as it is: nothing in it is a request or escape. */
final class Roff {
  private final StringBuilder page = new StringBuilder();

  /** The title; a date's dashes are no minus signs. */
  Roff title(String name, int section, LocalDate date, String version) {
    page.append(".TH \"%s\" \"%d\" \"%s\"".formatted(escaped(name), section, date));
    page.append(" \"blkwarden %s\" \"blkwarden\"%n".formatted(escaped(version)));
    return this;
  }

  /** A macro with its arguments, each of which is one whatever it holds. */
  Roff macro(String name, String... arguments) {
    page.append('.').append(name);
    for (String argument : arguments) {
      page.append(" \"").append(escaped(argument)).append('"');
    }
    page.append('\n');
    return this;
  }

  /** A paragraph's text, on a line of its own. */
  Roff text(String text) {
    String line = escaped(text.strip().replaceAll("\\s+", " "));
    if (!line.isEmpty()) {
      page.append(line.startsWith(".") || line.startsWith("'") ? "\\&" : "");
      page.append(line).append('\n');
    }
    return this;
  }

  /** A term in bold, and in the paragraph below, indented, what it means. */
  Roff entry(String term, String... meaning) {
    macro("TP");
    macro("B", term);
    String said =
        Stream.of(meaning).map(String::strip).filter(each -> !each.isEmpty()).collect(Collectors.joining(" "));
    return text(said.isEmpty() ? "-" : said);
  }

  /** The page. */
  @Override
  public String toString() {
    return page.toString();
  }

  private static String escaped(String text) {
    StringBuilder out = new StringBuilder(text.length() + 8);
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '\\' -> out.append("\\e");
            case '-' -> out.append("\\-");
            case '"' -> out.append("\\(dq");
            case '\'' -> out.append("\\(aq");
            case '`' -> out.append("\\(ga");
            case '^' -> out.append("\\(ha");
            case '~' -> out.append("\\(ti");
            default -> {
              if (c < 0x7F) {
                out.append((char) c);
              } else {
                out.append("\\[u%04X]".formatted(c));
              }
            }
          }
        });
    return out.toString();
  }
}
