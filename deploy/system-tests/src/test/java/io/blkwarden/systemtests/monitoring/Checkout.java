package io.blkwarden.systemtests.monitoring;

import java.nio.file.Files;
import java.nio.file.Path;

/** Files of this repository. */
public final class Checkout {
  private Checkout() {}

  /** A file by its path below the root. */
  public static Path file(String path) {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.isRegularFile(at.resolve("deploy/verify"))) {
        return at.resolve(path);
      }
    }
    throw new AssertionError("not in a checkout");
  }
}
