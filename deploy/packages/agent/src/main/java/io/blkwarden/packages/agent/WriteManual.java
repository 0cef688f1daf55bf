package io.blkwarden.packages.agent;

import io.blkwarden.agent.cli.AgentCommand;
import io.blkwarden.packages.man.Manual;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes the manual of {@code blkwarden-agent}, for the package. */
public final class WriteManual {
  private WriteManual() {}

  /** The manual. */
  static Manual manual(String version, LocalDate date) {
    Map<String, String> files = new LinkedHashMap<>();
    files.put(
        "/etc/blkwarden/agent.conf",
        "The options of the service, one a line. All commands take from it what they have.");
    files.put("/run/blkwarden/", "The leases of the packaged service.");
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("NATS_URL", "NATS servers, where --nats is not given.");
    environment.put("NATS_CA", "A file of authorities in PEM, where --nats-ca is not given.");
    environment.put("NATS_CREDS", "A file of NATS credentials, where --creds is not given.");
    environment.put("BLKWARDEN_AGENT_CONF", "The configuration file to read instead.");
    environment.put("BLKWARDEN_LOG", "The least level that is logged, such as DEBUG.");
    environment.put("NO_COLOR", "No colours when it is set, nor with TERM=dumb.");
    environment.put("BLKWARDEN_JAVA_OPTS", "More options of the JVM.");
    return new Manual(
        AgentCommand.commandLine(), 8, version, date, files, environment, "blkwarden(1)");
  }

  /** Writes the pages below a folder: FOLDER VERSION TIME, such as 2026-11-22T00:00:00Z. */
  public static void main(String[] words) throws IOException {
    manual(words[1], LocalDate.ofInstant(Instant.parse(words[2]), ZoneOffset.UTC))
        .write(Path.of(words[0]));
  }
}
