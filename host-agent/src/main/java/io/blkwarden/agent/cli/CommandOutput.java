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
 * How a command speaks: to people in sentences, to programs in JSON objects, one a line.
 *
 * @param out for what was asked for
 * @param err for errors and remarks
 * @param command its name, for hints
 * @param json whether a program listens
 */
record CommandOutput(PrintWriter out, PrintWriter err, String command, boolean json) {
  static CommandOutput of(CommandLine line, boolean json) {
    return new CommandOutput(
        line.getOut(), line.getErr(), line.getCommandSpec().qualifiedName(), json);
  }

  /** Says why something failed, and what to do next; returns the exit code. */
  int failed(String error, String hint) {
    return complain(ExitCodes.FAILED, error, hint);
  }

  /** Says what is wrong in the words that were typed; returns the exit code. */
  int unusable(Collection<String> problems) {
    for (String problem : problems) {
      complain(ExitCodes.USAGE, problem, "see '%s --help'".formatted(command));
    }
    return ExitCodes.USAGE;
  }

  /** Says what went wrong; returns the exit code. */
  int complain(int exitCode, String error, String hint) {
    Complaint complaint = new Complaint(error, hint);
    err.println(json ? AsciiJson.error(complaint, exitCode) : "error: " + complaint.text());
    err.flush();
    return exitCode;
  }

  /** Says something beside what was asked for. */
  void note(String text) {
    err.println(json ? AsciiJson.note(text) : "note: " + Printable.of(text));
    err.flush();
  }

  /** What words on a terminal are set off by. */
  Ink ink() {
    return Tty.ofProcess(System.getenv()).ink();
  }
}
