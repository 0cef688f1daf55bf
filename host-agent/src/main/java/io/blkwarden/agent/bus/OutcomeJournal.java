package io.blkwarden.agent.bus;

import io.blkwarden.model.message.Outcome;
import java.util.List;
import java.util.Optional;

/**
 * Persists outcomes that the audit stream has not confirmed. It may still contain confirmed ones:
 * the stream ignores a second message with the same id. No method throws; by default nothing is
 * persisted.
 */
public interface OutcomeJournal {
  /** A journal that persists nothing. */
  OutcomeJournal NONE = new OutcomeJournal() {};

  /** The outcomes of an earlier run, oldest first. */
  default List<Outcome> load() {
    return List.of();
  }

  /**
   * Adds an outcome; a later crash does not lose it.
   *
   * @return the error, if any
   */
  default Optional<String> add(Outcome outcome) {
    return Optional.empty();
  }

  /**
   * Removes all but these.
   *
   * @return the error, if any
   */
  default Optional<String> retain(List<Outcome> outcomes) {
    return Optional.empty();
  }
}
