package io.blkwarden.agent.trace;

import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.commandline.Check;
import io.blkwarden.model.DeviceNumber;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The {@code doctor} check of tracing. */
public final class TraceCheck {
  private static final String NAME = "tracefs";
  private static final String WITHOUT =
      " Without it, disks with truncated thread names stay unresolved while they only write.";

  private TraceCheck() {}

  /**
   * Creates an instance, watches a device that does not exist, and removes the instance.
   *
   * @param root root of the tracefs mount
   * @param kernel for {@code proc}
   * @param pid this process
   */
  public static Check run(Path root, KernelFiles kernel, int pid) {
    return switch (BioTrace.open(root, kernel, pid)) {
      case ReadResult.Present<BioTrace>(BioTrace trace) -> {
        try (trace) {
          yield watch(trace);
        }
      }
      case ReadResult<BioTrace> none ->
          Check.warn(
              NAME,
              none.describe(),
              "Run as root, and mount tracefs: mount -t tracefs tracefs /sys/kernel/tracing."
                  + WITHOUT);
    };
  }

  private static Check watch(BioTrace trace) {
    Optional<String> fault = trace.arm(List.of(new DeviceNumber(0, 0)));
    if (fault.isPresent()) {
      return Check.warn(NAME, fault.get(), "Report the kernel version." + WITHOUT);
    }
    return trace.leftovers().isEmpty()
        ? Check.ok(NAME, "an instance with a filtered block_bio_queue works")
        : Check.warn(
            NAME,
            String.join("; ", trace.leftovers()),
            "Stop the programs that read these instances; the next start removes them.");
  }
}
