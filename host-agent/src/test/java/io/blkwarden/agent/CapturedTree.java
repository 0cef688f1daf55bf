package io.blkwarden.agent;

import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.kernel.KernelFiles;
import java.nio.file.Path;

/** The captured dom0; its MANIFEST describes each file. */
public final class CapturedTree {
  /** In the sources, not on the class path: symbolic links are lost by copying. */
  public static final Path ROOT =
      Path.of(System.getProperty("basedir", ""), "src/test/resources/capture-4.17");

  private CapturedTree() {}

  /** The tree as the agent reads it. */
  public static KernelFiles files() {
    return RootedFiles.below(ROOT).toOptional().orElseThrow();
  }
}
