package io.blkwarden.controller.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;

/**
 * The result of a command.
 *
 * @param code exit code
 * @param out stdout
 * @param err stderr
 */
record CommandResult(int code, String out, String err) {
  /** Runs a command with {@code NATS_URL}. */
  static CommandResult run(String natsUrl, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Blkwarden.run(
            arguments,
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            natsUrl.isEmpty() ? Map.of() : Map.of("NATS_URL", natsUrl));
    return new CommandResult(code, out.toString(), err.toString());
  }
}
