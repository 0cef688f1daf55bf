package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.CommandError;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.TextStyle;
import io.blkwarden.model.Printable;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * The streams and the environment of a command.
 *
 * @param out the output
 * @param err errors and notes: sentences, or one JSON object per line
 * @param environment the environment variables
 * @param json whether {@code --json} was given
 * @param style terminal colours
 */
record CommandContext(
    PrintWriter out,
    PrintWriter err,
    Map<String, String> environment,
    boolean json,
    TextStyle style) {
  /** A context without streams, for commands that are described but not run. */
  static final CommandContext NONE =
      new CommandContext(
          new PrintWriter(Writer.nullWriter()),
          new PrintWriter(Writer.nullWriter()),
          Map.of(),
          false,
          new TextStyle(false));

  CommandContext {
    environment = Map.copyOf(environment);
  }

  /** Prints JSON on one line. */
  void print(JsonNode document) {
    out.println(AsciiJson.text(document));
  }

  /** Prints an error and what to do about it; returns exit code 1. */
  int failed(String error, String hint) {
    return error(new CommandError(error, hint), ExitCodes.FAILED);
  }

  /** Prints an error; returns the exit code. */
  int error(CommandError error, int exitCode) {
    err.println(json ? AsciiJson.error(error, exitCode) : "error: " + error.text());
    err.flush();
    return exitCode;
  }

  /** Prints a note to stderr. */
  void note(String text) {
    err.println(json ? AsciiJson.note(text) : "note: " + Printable.of(text));
    err.flush();
  }

  /** The user who runs the command, also under sudo. */
  String user() {
    String sudo = environment.getOrDefault("SUDO_USER", "");
    String user = sudo.isEmpty() ? System.getProperty("user.name", "") : sudo;
    return user.isEmpty() ? "unknown" : user;
  }
}
