package io.blkwarden.packages.controller;

import io.blkwarden.controller.cli.Blkwarden;
import io.blkwarden.packages.man.Manual;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes the manual of {@code blkwarden}, for the package. */
public final class WriteManual {
  private WriteManual() {}

  /** The manual. */
  static Manual manual(String version, LocalDate date) {
    Map<String, String> files = new LinkedHashMap<>();
    files.put(
        "/etc/blkwarden/controller.conf",
        "The options of the service, one a line. Commands that people run take from it where NATS"
            + " is.");
    files.put("/etc/blkwarden/policies/", "The policies that the packaged service reads.");
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("NATS_URL", "The NATS server, where --nats is not given.");
    environment.put("NATS_CA", "A file of authorities in PEM, where --nats-ca is not given.");
    environment.put("NATS_CREDS", "A file of NATS credentials, where --creds is not given.");
    environment.put("BLKWARDEN_CONF", "The configuration file to read instead.");
    environment.put("NO_COLOR", "No colours when it is set, nor with TERM=dumb.");
    environment.put("BLKWARDEN_JAVA_OPTS", "More options of the JVM.");
    return new Manual(
        Blkwarden.described(), 1, version, date, files, environment, "blkwarden-agent(8)");
  }

  /** Writes the pages below a folder: FOLDER VERSION TIME, such as 2026-11-22T00:00:00Z. */
  public static void main(String[] words) throws IOException {
    manual(words[1], LocalDate.ofInstant(Instant.parse(words[2]), ZoneOffset.UTC))
        .write(Path.of(words[0]));
  }
}
