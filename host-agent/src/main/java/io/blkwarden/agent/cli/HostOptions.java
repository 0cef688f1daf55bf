package io.blkwarden.agent.cli;

import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.kernel.ReadResult;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Options of the commands that read a host. */
final class HostOptions extends HostName {
  @Option(
      names = "--root",
      paramLabel = "DIR",
      defaultValue = "/",
      description =
          "Read a captured tree below DIR instead of this host (default: ${DEFAULT-VALUE}).")
  Path root = Path.of("/");

  /** Whether the root is this host, not a captured tree. */
  boolean live() {
    return root.toAbsolutePath().normalize().equals(Path.of("/"));
  }

  ReadResult<RootedFiles> files() {
    return RootedFiles.below(root);
  }
}
