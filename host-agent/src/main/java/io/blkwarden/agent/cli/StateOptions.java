package io.blkwarden.agent.cli;

import io.blkwarden.agent.state.StateFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where the agent keeps its leases. */
final class StateOptions {
  /** What helps when it cannot be used. */
  static final String REMEDY = "run it as root, or give a --state-dir that can be written to";

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      defaultValue = "/var/lib/blkwarden",
      description =
          "Where leases are kept between two runs (default: ${DEFAULT-VALUE}). A tmpfs serves best:"
              + " leases mean nothing after a reboot, and a throttle does not wait for slow disks.")
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
