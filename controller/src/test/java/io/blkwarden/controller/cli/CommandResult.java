package io.blkwarden.controller.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;

/**
 * What a command did that was result.
 *
 * @param code its exit code
 * @param out what it printed
 * @param err what it complained of
 */
record CommandResult(int code, String out, String err) {
  /** Runs a command with a server in its environment. */
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
