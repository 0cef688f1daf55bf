package io.blkwarden.agent.cli;

import io.blkwarden.agent.state.StateFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option {@code --state-dir}. */
final class StateOptions {
  /** What to do if the directory cannot be used. */
  static final String REMEDY = "run this as root, or set a writable --state-dir";

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      defaultValue = "/var/lib/blkwarden",
      description =
          "Directory for leases (default: ${DEFAULT-VALUE}). Use a tmpfs: leases are void after a"
              + " reboot, and throttling must not wait for slow disks.")
  Path stateDir = Path.of("/var/lib/blkwarden");

  /** The directories of the agent of this host. */
  StateFolders folders() {
    return StateFolders.ofHost(stateDir);
  }

  /** Whether this process is root. */
  static boolean root() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    } catch (IOException | UnsupportedOperationException _) {
      return false;
    }
  }
}
