package io.blkwarden.controller.cli;

import picocli.CommandLine.Option;

/** The option {@code --reason}, in its required and its optional form. */
final class Reason {
  private static final String NAME = "--reason";
  private static final String DESCRIPTION = "Reason, for the audit trail.";

  private Reason() {}

  /** A reason that has to be given. */
  static final class Required {
    @Option(names = NAME, required = true, paramLabel = "TEXT", description = DESCRIPTION)
    String text = "";
  }

  /** A reason that may be left out. */
  static final class Optional {
    @Option(
        names = NAME,
        paramLabel = "TEXT",
        defaultValue = "by hand",
        description = DESCRIPTION + " Default: ${DEFAULT-VALUE}.")
    String text = "by hand";
  }
}
