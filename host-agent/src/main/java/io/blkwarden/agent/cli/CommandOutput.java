package io.blkwarden.agent.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.Complaint;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.Ink;
import io.blkwarden.commandline.Tty;
import io.blkwarden.model.Printable;
import java.io.PrintWriter;
import java.util.Collection;
import picocli.CommandLine;

/**
 * The output of a command: text, or one JSON object per line.
 *
 * @param out for results
 * @param err for errors and notes
 * @param command name of the command, for hints
 * @param json whether errors and notes are JSON
 */
record CommandOutput(PrintWriter out, PrintWriter err, String command, boolean json) {
  static CommandOutput of(CommandLine line, boolean json) {
    return new CommandOutput(
        line.getOut(), line.getErr(), line.getCommandSpec().qualifiedName(), json);
  }

  /** Prints why the command failed and what to do; returns the exit code. */
  int failed(String error, String hint) {
    return error(ExitCodes.FAILED, error, hint);
  }

  /** Prints what is wrong in the command line; returns the exit code. */
  int usageErrors(Collection<String> problems) {
    for (String problem : problems) {
      error(ExitCodes.USAGE, problem, "see '%s --help'".formatted(command));
    }
    return ExitCodes.USAGE;
  }

  /** Prints an error and a hint; returns the exit code. */
  int error(int exitCode, String error, String hint) {
    Complaint complaint = new Complaint(error, hint);
    err.println(json ? AsciiJson.error(complaint, exitCode) : "error: " + complaint.text());
    err.flush();
    return exitCode;
  }

  /** Prints a note. */
  void note(String text) {
    err.println(json ? AsciiJson.note(text) : "note: " + Printable.of(text));
    err.flush();
  }

  /** The colours of the terminal; none if output is not a terminal. */
  Ink ink() {
    return Tty.ofProcess(System.getenv()).ink();
  }
}
