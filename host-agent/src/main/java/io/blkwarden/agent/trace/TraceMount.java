package io.blkwarden.agent.trace;

import io.blkwarden.agent.kernel.ReadResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds the tracefs mount below a root. */
final class TraceMount {
  /** Mount points since Linux 4.1, and before. */
  private static final List<String> MOUNT_POINTS =
      List.of("sys/kernel/tracing", "sys/kernel/debug/tracing");

  private TraceMount() {}

  /** The mounted tracefs; failed with the state of each mount point. */
  static ReadResult<TraceFiles> find(Path root) {
    List<String> problems = new ArrayList<>();
    for (String mountPoint : MOUNT_POINTS) {
      Path top = root.resolve(mountPoint);
      if (Files.isDirectory(top.resolve("instances"))) {
        return ReadResult.present(new TraceFiles(top));
      }
      if (!Files.exists(top)) {
        problems.add(top + " does not exist");
      } else if (!Files.isReadable(top) || !Files.isExecutable(top)) {
        problems.add(top + " is not readable; run as root");
      } else if (Files.exists(top.resolve("trace"))) {
        problems.add(top + " has no instances: this kernel is older than 3.10");
      } else {
        problems.add("tracefs is not mounted at " + top);
      }
    }
    return ReadResult.failed("no tracefs: " + String.join("; ", problems));
  }
}
