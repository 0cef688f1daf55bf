package io.blkwarden.agent.cli;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.CommandError;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.TextStyle;
import io.blkwarden.commandline.Tty;
import io.blkwarden.model.Printable;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The output of a command, as text or JSON, and its option {@code --json}. */
final class CommandOutput {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--json",
      description = "Print the result as JSON, and errors and notes as JSON on stderr.")
  private boolean json;

  /** For commands with the option. */
  CommandOutput() {}

  /** The output of a command without the option, or with an option of its own. */
  CommandOutput(CommandLine command, boolean json) {
    this.spec = command.getCommandSpec();
    this.json = json;
  }

  /** Ends a command whose error has been printed. */
  static final class Exit extends RuntimeException {
    @java.io.Serial private static final long serialVersionUID = 1;

    private final int code;

    private Exit(int code) {
      super("exit code " + code);
      this.code = code;
    }

    int code() {
      return code;
    }
  }

  boolean json() {
    return json;
  }

  /** Prints a part of the result. */
  void print(String text) {
    spec.commandLine().getOut().print(text);
    spec.commandLine().getOut().flush();
  }

  /** The value; without one, ends the command with an error. */
  <T> T require(ReadResult<T> result, String hint) {
    if (result instanceof ReadResult.Present<T>(T value)) {
      return value;
    }
    throw exit(ExitCodes.FAILED, result.describe(), hint);
  }

  /** Ends the command if there is an error. */
  void requireNone(Optional<String> error, String hint) {
    if (error.isPresent()) {
      throw exit(ExitCodes.FAILED, error.get(), hint);
    }
  }

  /** Ends the command if its arguments are invalid. */
  void requireValid(List<String> problems) {
    problems.forEach(
        problem -> error(ExitCodes.USAGE, problem, CommandError.help(spec.commandLine())));
    if (!problems.isEmpty()) {
      throw new Exit(ExitCodes.USAGE);
    }
  }

  /** Prints an error; throw the result to end the command. */
  Exit exit(int exitCode, String error, String hint) {
    return new Exit(error(exitCode, error, hint));
  }

  /** Prints why the command failed and what to do; returns the exit code. */
  int failed(String error, String hint) {
    return error(ExitCodes.FAILED, error, hint);
  }

  /** Prints an error and a hint; returns the exit code. */
  int error(int exitCode, String error, String hint) {
    CommandError both = new CommandError(error, hint);
    printError(json ? AsciiJson.error(both, exitCode) : "error: " + both.text());
    return exitCode;
  }

  /** Prints a note. */
  void note(String text) {
    printError(json ? AsciiJson.note(text) : "note: " + Printable.of(text));
  }

  private void printError(String line) {
    spec.commandLine().getErr().println(line);
    spec.commandLine().getErr().flush();
  }

  /** The colours of the terminal; none if output is not a terminal. */
  TextStyle style() {
    return Tty.ofProcess(System.getenv()).style();
  }
}
