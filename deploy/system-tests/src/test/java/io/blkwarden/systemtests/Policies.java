package io.blkwarden.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Policies with which a controller leads without throttling. */
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

  /** Writes them to a subdirectory, which is returned. */
  public static Path harmless(Path folder) throws IOException {
    Path made = Files.createDirectories(folder.resolve("harmless"));
    Files.writeString(made.resolve("watched.yaml"), TEXT);
    return made;
  }
}
