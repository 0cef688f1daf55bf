package io.blkwarden.commandline;

import io.blkwarden.model.Printable;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What went wrong in a command that somebody typed.
 *
 * @param error what it is, as it is: names in it may be of guests' choosing
 * @param hint what to do next; empty where nothing is known to help
 */
public record Complaint(String error, String hint) {
  /** A complaint with nothing to be done about it. */
  public Complaint(String error) {
    this(error, "");
  }

  /** Of a command line that cannot be read. */
  public static Complaint of(ParameterException misread) {
    List<String> meant =
        misread instanceof UnmatchedArgumentException unmatched
            ? unmatched.getSuggestions()
            : List.of();
    String help = help(misread.getCommandLine());
    return new Complaint(
        String.valueOf(misread.getMessage()),
        meant.isEmpty()
            ? help
            : "did you mean %s? Otherwise %s".formatted(String.join(", or ", meant), help));
  }

  /** Where it stands how a command is used. */
  public static String help(CommandLine command) {
    return "see '%s --help'".formatted(command.getCommandSpec().qualifiedName());
  }

  /** For a terminal, where no name can do harm: {@code error: hint}. */
  public String text() {
    String all = hint.isEmpty() ? error : error + ": " + hint;
    return all.lines().map(Printable::of).collect(Collectors.joining(System.lineSeparator()));
  }
}
