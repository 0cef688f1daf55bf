package io.blkwarden.agent.queue;

import io.blkwarden.agent.kernel.QueueScheduler;
import io.blkwarden.agent.kernel.ReadResult;
import java.util.Optional;

/** Reads and changes queue settings of physical devices. */
public interface QueueSettings {
  /** The device's active and available schedulers. */
  ReadResult<QueueScheduler> scheduler(String device);

  /** The device's {@code prio_aging_expire} in ms; absent if its scheduler has none. */
  ReadResult<String> aging(String device);

  /**
   * Changes a setting. A change of scheduler blocks until requests in flight are done.
   *
   * @return the error, if any
   */
  Optional<String> set(String device, QueueSetting setting, String value);

  /** The current value of a setting. */
  default ReadResult<String> get(String device, QueueSetting setting) {
    return switch (setting) {
      case SCHEDULER -> scheduler(device).map(QueueScheduler::active);
      case AGING -> aging(device);
    };
  }
}
