package io.blkwarden.agent.trace;

import io.blkwarden.commandline.Check;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.DeviceNumber;
import java.nio.file.Path;
import java.util.List;

/** What {@code doctor} says about tracing: whether an instance can be made and armed. */
public final class TraceCheck {
  private static final String NAME = "tracefs";
  private static final String WITHOUT =
      " Without it, disks whose threads' names are cut stay unresolved while they only write.";

  private TraceCheck() {}

  /**
   * Makes an instance, arms it for a device that does not exist, and removes it.
   *
   * @param root what tracefs is mounted below
   * @param kernel where {@code proc} is
   * @param pid this process
   */
  public static List<Check> run(Path root, KernelFiles kernel, int pid) {
    return switch (BioTrace.open(root, kernel, pid)) {
      case ReadResult.Present<BioTrace>(BioTrace trace) -> {
        try (trace) {
          yield List.of(tried(trace));
        }
      }
      case ReadResult<BioTrace> none ->
          List.of(
              Check.warn(
                  NAME,
                  none.describe(),
                  "Run as root, and mount tracefs: mount -t tracefs tracefs /sys/kernel/tracing."
                      + WITHOUT));
    };
  }

  private static Check tried(BioTrace trace) {
    ReadResult<BioTrace.Armed> armed = trace.arm(List.of(new DeviceNumber(0, 0)));
    if (!armed.isPresent()) {
      return Check.warn(NAME, armed.describe(), "Report the kernel's version." + WITHOUT);
    }
    return trace.leftovers().isEmpty()
        ? Check.ok(NAME, "made an instance with a filtered block_bio_queue, and removed it")
        : Check.warn(
            NAME,
            String.join("; ", trace.leftovers()),
            "Close what reads these instances; the next start removes them.");
  }
}
