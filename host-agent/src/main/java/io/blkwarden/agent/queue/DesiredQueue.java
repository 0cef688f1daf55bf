package io.blkwarden.agent.queue;

import io.blkwarden.model.Require;
import java.time.Duration;
import java.util.Optional;

/**
 * What the physical devices below guests' disks are to be set to; nothing unless asked for.
 *
 * @param scheduler takes the place of one that ignores priorities
 * @param aging {@code prio_aging_expire} where the scheduler has it, 100 ms to 1 h
 */
public record DesiredQueue(Optional<String> scheduler, Optional<Duration> aging) {
  /** Nothing is set. */
  public static final DesiredQueue NONE = new DesiredQueue(Optional.empty(), Optional.empty());

  public DesiredQueue {
    scheduler.ifPresent(name -> {
      if (!name.matches("[a-z][a-z0-9-]{0,31}") || QueueTuner.IGNORES_PRIORITIES.contains(name)) {
        throw new IllegalArgumentException(
            "expected a scheduler that reads priorities, such as mq-deadline, found '%s'"
                .formatted(name));
      }
    });
    aging.ifPresent(time -> Require.within(time.toMillis(), 100, 3_600_000, "time in ms"));
  }

  /** What a setting is to be, as the kernel's file has it. */
  Optional<String> of(QueueSetting setting) {
    return switch (setting) {
      case SCHEDULER -> scheduler;
      case AGING -> aging.map(time -> String.valueOf(time.toMillis()));
    };
  }
}
