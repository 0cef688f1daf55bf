package io.blkwarden.commandline;

import io.blkwarden.model.Printable;
import java.util.stream.Collectors;

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

  /** For a terminal, where no name can do harm: {@code error: hint}. */
  public String text() {
    String all = hint.isEmpty() ? error : error + ": " + hint;
    return all.lines().map(Printable::of).collect(Collectors.joining(System.lineSeparator()));
  }
}
