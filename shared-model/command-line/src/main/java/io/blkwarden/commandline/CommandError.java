package io.blkwarden.commandline;

import io.blkwarden.model.Printable;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * An error of a command.
 *
 * @param error what went wrong; may contain guest-controlled text
 * @param hint what to do; may be empty
 */
public record CommandError(String error, String hint) {
  /** An error without a hint. */
  public CommandError(String error) {
    this(error, "");
  }

  /** The error of an invalid command line. */
  public static CommandError of(ParameterException invalid) {
    List<String> suggestions =
        invalid instanceof UnmatchedArgumentException unmatched
            ? unmatched.getSuggestions()
            : List.of();
    String help = help(invalid.getCommandLine());
    return new CommandError(
        plain(String.valueOf(invalid.getMessage())),
        suggestions.isEmpty()
            ? help
            : "did you mean %s? Otherwise %s".formatted(String.join(", or ", suggestions), help));
  }

  /** A message of picocli in the style of our own: what was expected, what was found. */
  private static String plain(String message) {
    return message
        .replaceFirst("^Error: ", "")
        .replaceFirst("^Invalid value for option '(\\S+)'[^:]*: ", "$1: ")
        .replaceFirst("('.*') is not an? (int|long)$", "expected a number, found $1")
        .replaceFirst("\\[(.*)] \\(case-insensitive\\) but was ", "$1, found ")
        .replaceFirst("^Unmatched arguments? (at index|from index) \\d+: ", "unknown argument ");
  }

  /** The hint to the help of a command. */
  public static String help(CommandLine command) {
    return "see '%s --help'".formatted(command.getCommandSpec().qualifiedName());
  }

  /** Text for a terminal, with control characters escaped: {@code error: hint}. */
  public String text() {
    String all = hint.isEmpty() ? error : error + ": " + hint;
    return all.lines().map(Printable::of).collect(Collectors.joining(System.lineSeparator()));
  }
}
