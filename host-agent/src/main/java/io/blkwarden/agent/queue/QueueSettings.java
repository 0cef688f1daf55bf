package io.blkwarden.agent.queue;

import io.blkwarden.agent.kernel.QueueScheduler;
import io.blkwarden.agent.kernel.ReadResult;
import java.util.Optional;

/** Reads and sets the queues of physical devices. */
public interface QueueSettings {
  /** The device's scheduler, and those the kernel offers. */
  ReadResult<QueueScheduler> scheduler(String device);

  /** The device's {@code prio_aging_expire} in ms; absent where its scheduler has none. */
  ReadResult<String> aging(String device);

  /**
   * Sets one. A change of scheduler waits until the requests under way are done.
   *
   * @return what went wrong; empty when the kernel took it
   */
  Optional<String> set(String device, QueueSetting setting, String value);

  /** What a setting is now. */
  default ReadResult<String> get(String device, QueueSetting setting) {
    return switch (setting) {
      case SCHEDULER -> scheduler(device).map(QueueScheduler::active);
      case AGING -> aging(device);
    };
  }
}
