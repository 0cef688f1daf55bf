package io.blkwarden.controller.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Option;

/** A command with {@code --json}; {@link Blkwarden} sets its context before it runs. */
abstract class JsonCommand implements Callable<Integer> {
  CommandContext context = CommandContext.NONE;

  @Option(
      names = "--json",
      description = "Print JSON instead of text, and errors as JSON on stderr.")
  boolean json;
}
