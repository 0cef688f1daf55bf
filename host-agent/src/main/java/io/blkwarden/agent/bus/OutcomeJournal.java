package io.blkwarden.agent.bus;

import io.blkwarden.model.message.Outcome;
import java.util.List;
import java.util.Optional;

/**
 * Keeps the outcomes that the stream has not confirmed yet over the agent's own end.
 *
 * <p>What was confirmed may stand in it still: it is sent again with the same id, and the stream
 * knows it. No method throws.
 */
public interface OutcomeJournal {
  /** Keeps nothing, for agents whose outcomes mean nothing after them. */
  OutcomeJournal NONE =
      new OutcomeJournal() {
        @Override
        public List<Outcome> load() {
          return List.of();
        }

        @Override
        public Optional<String> add(Outcome outcome) {
          return Optional.empty();
        }

        @Override
        public Optional<String> keepOnly(List<Outcome> waiting) {
          return Optional.empty();
        }
      };

  /** What an earlier run left, the oldest first. */
  List<Outcome> load();

  /**
   * Keeps one more; when it returns, a crash does not lose it.
   *
   * @return why it could not be kept; empty when it was
   */
  Optional<String> add(Outcome outcome);

  /**
   * Forgets all but these.
   *
   * @return why it could not; empty when it did
   */
  Optional<String> keepOnly(List<Outcome> waiting);
}
