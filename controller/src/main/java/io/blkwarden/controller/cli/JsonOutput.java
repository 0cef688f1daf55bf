package io.blkwarden.controller.cli;

import picocli.CommandLine.Option;

/** Whether a command speaks to programs, where it prints but a sentence to people. */
final class JsonOutput {
  @Option(
      names = "--json",
      description = "Print what was done as a JSON object, and errors on stderr as such.")
  boolean json;
}
