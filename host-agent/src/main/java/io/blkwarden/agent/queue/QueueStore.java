package io.blkwarden.agent.queue;

import java.util.List;
import java.util.Optional;

/** Keeps what was changed over a crash. */
@FunctionalInterface
public interface QueueStore {
  /**
   * Stores all settings that are held, in the place of those before.
   *
   * @return what went wrong; empty when they are safe
   */
  Optional<String> save(List<ChangedSetting> held);
}
