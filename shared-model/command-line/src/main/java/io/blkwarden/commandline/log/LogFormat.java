package io.blkwarden.commandline.log;

import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Option;

/**
 * The option {@code --log-format}. The log is set up before the command line is parsed, so {@code
 * Main} reads it first, with {@link #of}.
 */
public final class LogFormat {
  /** System property with the format, for the log configuration. */
  public static final String PROPERTY = "blkwarden.log.format";

  /** A log format. */
  enum Kind {
    /** Text lines. */
    TEXT,
    /** One JSON object per line. */
    JSON
  }

  private static final String NAME = "--log-format";
  private static final String VARIABLE = "BLKWARDEN_LOG_FORMAT";

  @Option(
      names = NAME,
      paramLabel = "text|json",
      description = "Log format (default: $BLKWARDEN_LOG_FORMAT, else text).")
  Kind kind = Kind.TEXT;

  /** The option with its default. */
  public LogFormat() {}

  /**
   * The format on the command line, else in the environment; {@code text} for an unknown one, which
   * the command line parser then rejects.
   */
  public static String of(String[] arguments, Map<String, String> environment) {
    String format = environment.getOrDefault(VARIABLE, "text");
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].startsWith(NAME + "=")) {
        format = arguments[i].substring(NAME.length() + 1);
      } else if (arguments[i].equals(NAME) && i + 1 < arguments.length) {
        format = arguments[i + 1];
      }
    }
    return format.toLowerCase(Locale.ROOT).equals("json") ? "json" : "text";
  }
}
