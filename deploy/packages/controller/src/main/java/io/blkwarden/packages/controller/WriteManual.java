package io.blkwarden.packages.controller;

import io.blkwarden.controller.cli.Blkwarden;
import io.blkwarden.packages.man.Manual;
import io.blkwarden.packages.man.Manual.Entry;
import java.io.IOException;
import java.util.List;

/** Writes the manual of {@code blkwarden} for the package. */
public final class WriteManual {
  static final Manual MANUAL =
      new Manual(
          Blkwarden.described(),
          1,
          List.of(
              new Entry(
                  "/etc/blkwarden/controller.conf",
                  "Options of the service, one per line; client commands read the NATS options."),
              new Entry("/etc/blkwarden/policies/", "Policies of the packaged service.")),
          List.of(new Entry("BLKWARDEN_CONF", "Configuration file to read instead.")),
          "blkwarden-agent(8)");

  private WriteManual() {}

  /** See {@link Manual#write}. */
  public static void main(String[] words) throws IOException {
    MANUAL.write(words);
  }
}
