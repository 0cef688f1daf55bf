package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.Complaint;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.Ink;
import io.blkwarden.model.Printable;
import java.io.PrintWriter;
import java.util.Map;

/**
 * What a command has around it.
 *
 * @param out for what was asked for
 * @param err for errors and remarks: sentences, or a JSON object on each line
 * @param environment variables
 * @param json whether a program reads what is printed
 * @param ink colours of a terminal
 */
record CommandContext(
    PrintWriter out, PrintWriter err, Map<String, String> environment, boolean json, Ink ink) {
  CommandContext {
    environment = Map.copyOf(environment);
  }

  /** Says why something failed, and what to do next; returns the exit code. */
  int failed(String error, String hint) {
    return complain(new Complaint(error, hint), ExitCodes.FAILED);
  }

  /** Says what went wrong; returns the exit code. */
  int complain(Complaint complaint, int exitCode) {
    err.println(json ? AsciiJson.error(complaint, exitCode) : "blkwarden: " + complaint.text());
    err.flush();
    return exitCode;
  }

  /** Says something beside what was asked for. */
  void remark(String text) {
    err.println(json ? AsciiJson.note(text) : "blkwarden: " + Printable.of(text));
    err.flush();
  }
}
