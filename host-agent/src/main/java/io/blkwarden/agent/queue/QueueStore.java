package io.blkwarden.agent.queue;

import java.util.List;
import java.util.Optional;

/** Persists changed settings, to restore them after a crash. */
@FunctionalInterface
public interface QueueStore {
  /**
   * Replaces the stored settings.
   *
   * @return the error, if any
   */
  Optional<String> save(List<ChangedSetting> changes);
}
