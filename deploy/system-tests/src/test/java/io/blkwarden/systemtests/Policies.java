package io.blkwarden.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Policies by which a controller may lead, and does nothing. */
public final class Policies {
  private static final String TEXT =
      """
      policies:
        - name: watched
          mode: observe
          match: { role: swap }
          when: { metric: iops, above: 1000000, for: 60s }
          then: { ladder: [ idle ], lease: 60s, alert: info }
      """;

  private Policies() {}

  /** Writes them to a folder below this one, and returns it. */
  public static Path harmless(Path folder) throws IOException {
    Path made = Files.createDirectories(folder.resolve("harmless"));
    Files.writeString(made.resolve("watched.yaml"), TEXT);
    return made;
  }
}
