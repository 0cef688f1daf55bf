package io.blkwarden.packages.agent;

import io.blkwarden.agent.cli.AgentCommand;
import io.blkwarden.packages.man.Manual;
import io.blkwarden.packages.man.Manual.Entry;
import java.io.IOException;
import java.util.List;

/** Writes the manual of {@code blkwarden-agent} for the package. */
public final class WriteManual {
  static final Manual MANUAL =
      new Manual(
          AgentCommand.commandLine(),
          8,
          List.of(
              new Entry(
                  "/etc/blkwarden/agent.conf",
                  "Options of the service, one per line; also read by other commands."),
              new Entry("/run/blkwarden/", "Leases of the packaged service.")),
          List.of(
              new Entry("BLKWARDEN_AGENT_CONF", "Configuration file to read instead."),
              new Entry("BLKWARDEN_LOG", "Minimum log level, such as DEBUG.")),
          "blkwarden(1)");

  private WriteManual() {}

  /** See {@link Manual#write}. */
  public static void main(String[] words) throws IOException {
    MANUAL.write(words);
  }
}
