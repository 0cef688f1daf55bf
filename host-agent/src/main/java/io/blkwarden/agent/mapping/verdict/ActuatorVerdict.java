package io.blkwarden.agent.mapping.verdict;

import io.blkwarden.agent.kernel.KernelRelease;
import io.blkwarden.model.Actuator;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether an I/O priority of a blkback thread can have an effect on a device, and why.
 *
 * <p>Judged by the scheduler and the kernel's release before anything is tried; what it did is a
 * matter of measuring. From {@code block/bfq-iosched.c}, {@code block/mq-deadline.c}, {@code
 * block/blk-core.c} of 4.19 to 6.1, and from measurements on Linux 6.1.
 *
 * @param actuator the verdict
 * @param sentence why, for people
 */
public record ActuatorVerdict(Actuator actuator, String sentence) {
  /**
   * Judges one physical device below a stack.
   *
   * @param scheduler the active scheduler, if it could be read
   * @param kernel the kernel, if it could be read
   * @param layers what lies between the disk and the device
   */
  public static ActuatorVerdict of(
      @Nullable String scheduler, @Nullable KernelRelease kernel, Set<Layer> layers) {
    ActuatorVerdict below = ofScheduler(scheduler, kernel);
    if (below.actuator == Actuator.INEFFECTIVE) {
      return below;
    }
    for (Layer layer : layers) {
      switch (layer) {
        case PASSES -> {}
        case RESUBMITS -> {
          return unknown(
              "a layer of this volume submits from workers of its own, so the thread's priority may"
                  + " be lost on the way");
        }
        case SCHEDULES -> {
          return unknown("request-based multipath schedules above its paths");
        }
        case VIRTUAL -> {
          return unknown(
              "this device is virtual: it hands I/O to workers of its own or to the network, and"
                  + " the thread's priority ends there");
        }
        case UNKNOWN -> {
          return unknown("a layer of this volume is not known");
        }
      }
    }
    return below;
  }

  private static ActuatorVerdict ofScheduler(
      @Nullable String scheduler, @Nullable KernelRelease kernel) {
    if (scheduler == null) {
      return unknown("the scheduler could not be read");
    }
    return switch (scheduler) {
      case "none", "noop" -> ineffective(scheduler + " has no queues to put in order");
      case "kyber", "deadline" -> ineffective(scheduler + " does not look at priorities");
      case "cfq" ->
          new ActuatorVerdict(
              Actuator.EFFECTIVE, "cfq honours class and level of the submitting thread");
      case "bfq" ->
          unknown(
              "bfq honours class and level unless it has merged the disks' queues, which cannot be"
                  + " seen: only a measured effect proves it");
      case "mq-deadline" -> mqDeadline(kernel);
      default -> unknown("scheduler " + scheduler + " is not known");
    };
  }

  private static ActuatorVerdict mqDeadline(@Nullable KernelRelease kernel) {
    if (kernel == null) {
      return unknown("mq-deadline honours the class from Linux 6.0 on, and the release is unread");
    }
    if (kernel.atLeast(6, 0)) {
      return new ActuatorVerdict(
          Actuator.CLASS_ONLY, "mq-deadline honours the class; best-effort levels do nothing");
    }
    if (kernel.atLeast(5, 14)) {
      return ineffective(
          "mq-deadline of Linux 5.14 to 5.19 looks at the priority of a bio, and blkback's bios"
              + " carry none");
    }
    return ineffective("mq-deadline before Linux 5.14 does not look at priorities");
  }

  private static ActuatorVerdict ineffective(String sentence) {
    return new ActuatorVerdict(Actuator.INEFFECTIVE, sentence);
  }

  private static ActuatorVerdict unknown(String sentence) {
    return new ActuatorVerdict(Actuator.UNKNOWN, sentence);
  }

  /**
   * A kind of device between a volume and the physical devices, by what it does with a submitter's
   * priority (kernel: {@code drivers/md/dm.c}, {@code drivers/md/*}, {@code block/bio.c}).
   */
  public enum Layer {
    /** Remaps in the submitter's own context: dm-linear, dm-stripe, partitions, raid0. */
    PASSES,
    /**
     * Hands some or all I/O to a worker of its own, which submits with its own priority: thin
     * pools, snapshots, mirrors and raid, crypt, cache, drbd, loop.
     */
    RESUBMITS,
    /** Schedules by itself above its paths: request-based multipath. */
    SCHEDULES,
    /**
     * At the bottom, but no hardware: a zvol, rbd, nbd, zram, a loop device whose file's disk is
     * not known. What its own scheduler does is no help to whoever shares the hardware below.
     */
    VIRTUAL,
    /** Not known to blkwarden. */
    UNKNOWN
  }
}
