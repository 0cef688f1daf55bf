package io.blkwarden.agent.queue;

import io.blkwarden.model.Require;
import java.time.Duration;
import java.util.Optional;

/**
 * The desired queue settings of physical devices below guest disks; empty for no change.
 *
 * @param scheduler replaces schedulers that ignore priorities
 * @param aging {@code prio_aging_expire}, if the scheduler has it, 100 ms to 1 h
 */
public record DesiredQueue(Optional<String> scheduler, Optional<Duration> aging) {
  /** No changes. */
  public static final DesiredQueue NONE = new DesiredQueue(Optional.empty(), Optional.empty());

  public DesiredQueue {
    scheduler.ifPresent(name -> {
      if (!name.matches("[a-z][a-z0-9-]{0,31}") || QueueTuner.IGNORES_PRIORITIES.contains(name)) {
        throw new IllegalArgumentException(
            "expected a scheduler that honours priorities, such as mq-deadline, found '%s'"
                .formatted(name));
      }
    });
    aging.ifPresent(time -> Require.within(time.toMillis(), 100, 3_600_000, "time in ms"));
  }

  /** The desired value in the format of the kernel's file. */
  Optional<String> of(QueueSetting setting) {
    return switch (setting) {
      case SCHEDULER -> scheduler;
      case AGING -> aging.map(time -> String.valueOf(time.toMillis()));
    };
  }
}
