package io.blkwarden.commandline.log;

import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Option;

/**
 * How lines of the log look. The log is set up before a command line is parsed, so {@code Main}
 * reads the option first, by {@link #of}.
 */
public final class LogFormat {
  /** The property that what sets up the log reads. */
  public static final String PROPERTY = "blkwarden.log.format";

  /** What may be asked for. */
  enum Kind {
    /** For people. */
    TEXT,
    /** One object a line, for programs. */
    JSON
  }

  private static final String NAME = "--log-format";
  private static final String VARIABLE = "BLKWARDEN_LOG_FORMAT";

  @Option(
      names = NAME,
      paramLabel = "text|json",
      description = "How lines of the log look (default: $BLKWARDEN_LOG_FORMAT, else text).")
  Kind kind = Kind.TEXT;

  /** The option, not read yet. */
  public LogFormat() {}

  /**
   * What a command line asks for, or else the environment; {@code text} for anything that is not
   * known, which the command line then complains of.
   */
  public static String of(String[] arguments, Map<String, String> environment) {
    String asked = environment.getOrDefault(VARIABLE, "text");
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].startsWith(NAME + "=")) {
        asked = arguments[i].substring(NAME.length() + 1);
      } else if (arguments[i].equals(NAME) && i + 1 < arguments.length) {
        asked = arguments[i + 1];
      }
    }
    return asked.toLowerCase(Locale.ROOT).equals("json") ? "json" : "text";
  }
}
