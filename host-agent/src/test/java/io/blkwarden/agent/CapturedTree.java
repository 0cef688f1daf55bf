package io.blkwarden.agent;

import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.kernel.KernelFiles;
import java.nio.file.Path;

/** The captured dom0 that tests read; its MANIFEST says what each file is. */
public final class CapturedTree {
  /** In the sources, not on the class path: symbolic links do not live through being copied. */
  public static final Path ROOT =
      Path.of(System.getProperty("basedir", ""), "src/test/resources/capture-4.17");

  private CapturedTree() {}

  /** The tree as the agent reads it. */
  public static KernelFiles files() {
    return RootedFiles.below(ROOT).toOptional().orElseThrow();
  }
}
