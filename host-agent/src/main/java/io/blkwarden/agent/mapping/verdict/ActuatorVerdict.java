package io.blkwarden.agent.mapping.verdict;

import io.blkwarden.agent.kernel.KernelRelease;
import io.blkwarden.model.Actuator;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether I/O priorities of a disk's workers are effective on a device, and why.
 *
 * <p>A prediction from the scheduler and the kernel release. Sources: {@code block/bfq-iosched.c},
 * {@code block/mq-deadline.c}, {@code block/blk-core.c} of 4.19 to 6.1, and from measurements on
 * Linux 6.1.
 *
 * @param actuator the verdict
 * @param reason explanation
 */
public record ActuatorVerdict(Actuator actuator, String reason) {
  /**
   * The verdict for a physical device below a stack.
   *
   * @param scheduler the active scheduler, if it could be read
   * @param kernel the kernel, if it could be read
   * @param layers layers between the disk and the device
   */
  public static ActuatorVerdict of(
      @Nullable String scheduler, @Nullable KernelRelease kernel, Set<Layer> layers) {
    ActuatorVerdict below = ofScheduler(scheduler, kernel);
    if (below.actuator == Actuator.INEFFECTIVE) {
      return below;
    }
    if (layers.contains(Layer.CACHED)) {
      return ineffective(Layer.CACHED.reason);
    }
    Optional<Layer> losing = layers.stream().filter(layer -> layer != Layer.PASSES).findFirst();
    if (losing.isPresent()) {
      return unknown(losing.get().reason);
    }
    return below;
  }

  private static ActuatorVerdict ofScheduler(
      @Nullable String scheduler, @Nullable KernelRelease kernel) {
    if (scheduler == null) {
      return unknown("the scheduler could not be read");
    }
    return switch (scheduler) {
      case "none", "noop" -> ineffective(scheduler + " does not reorder requests");
      case "kyber", "deadline" -> ineffective(scheduler + " ignores priorities");
      case "cfq" ->
          new ActuatorVerdict(
              Actuator.EFFECTIVE, "cfq honours class and level of the submitting thread");
      case "bfq" ->
          unknown(
              "bfq honours class and level unless it has merged the disks' queues, which is not"
                  + " visible; only a measured effect proves it");
      case "mq-deadline" -> mqDeadline(kernel);
      default -> unknown("scheduler " + scheduler + " is unknown");
    };
  }

  private static ActuatorVerdict mqDeadline(@Nullable KernelRelease kernel) {
    if (kernel == null) {
      return unknown(
          "mq-deadline honours the class since Linux 6.0, and the release could not be read");
    }
    if (kernel.atLeast(6, 0)) {
      return new ActuatorVerdict(
          Actuator.CLASS_ONLY, "mq-deadline honours the class; best-effort levels have no effect");
    }
    if (kernel.atLeast(5, 14)) {
      return ineffective(
          "mq-deadline of Linux 5.14 to 5.19 uses the priority of a bio, and blkback's bios"
              + " have none");
    }
    return ineffective("mq-deadline before Linux 5.14 ignores priorities");
  }

  private static ActuatorVerdict ineffective(String reason) {
    return new ActuatorVerdict(Actuator.INEFFECTIVE, reason);
  }

  private static ActuatorVerdict unknown(String reason) {
    return new ActuatorVerdict(Actuator.UNKNOWN, reason);
  }

  /**
   * The kind of a device between a volume and the physical devices, by its handling of the
   * submitter's priority (kernel: {@code drivers/md/dm.c}, {@code drivers/md/*}, {@code
   * block/bio.c}).
   */
  public enum Layer {
    /** Remaps in the submitter's context: dm-linear, dm-stripe, partitions, raid0. */
    PASSES("no layer changes the priority"),
    /**
     * Passes some or all I/O to its own worker, which submits with its own priority: thin pools,
     * snapshots, mirrors and raid, crypt, cache, drbd, loop.
     */
    RESUBMITS(
        "a layer of this volume submits from its own workers, so the thread's priority may be"
            + " lost"),
    /** Schedules requests above its paths: request-based multipath. */
    SCHEDULES("request-based multipath schedules above its paths"),
    /**
     * A lowest device that is not hardware: a zvol, rbd, nbd, zram, a loop device whose file's disk
     * is unknown. Its scheduler does not affect users of the hardware below.
     */
    VIRTUAL(
        "this device is virtual: it passes I/O to its own workers or to the network, and the"
            + " thread's priority is lost there"),
    /** The page cache: threads of the kernel write it to the device. */
    CACHED(
        "the image is open without O_DIRECT, so threads of the kernel write it to the device, not"
            + " the disk's process"),
    /** Unknown to blkwarden. */
    UNKNOWN("a layer of this volume is unknown");

    private final String reason;

    Layer(String reason) {
      this.reason = reason;
    }
  }
}
