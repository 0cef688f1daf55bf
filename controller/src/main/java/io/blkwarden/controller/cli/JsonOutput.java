package io.blkwarden.controller.cli;

import picocli.CommandLine.Option;

/** The option {@code --json} of commands that otherwise print a sentence. */
final class JsonOutput {
  @Option(
      names = "--json",
      description = "Print the result as a JSON object, and errors as JSON on stderr.")
  boolean json;
}
