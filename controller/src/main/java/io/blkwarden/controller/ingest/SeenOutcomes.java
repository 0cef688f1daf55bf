package io.blkwarden.controller.ingest;

import io.blkwarden.model.MessageId;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Remembers the last outcomes, which come as the answer to a command and on their subject too.
 *
 * <p>Knows the last {@link #LIMIT}; an older one would count as new, which the engine stands.
 */
final class SeenOutcomes {
  static final int LIMIT = 65_536;

  private final Set<MessageId> ids = new LinkedHashSet<>();

  /** Whether the outcome is new. */
  synchronized boolean add(MessageId id) {
    if (!ids.add(id)) {
      return false;
    }
    if (ids.size() > LIMIT) {
      ids.remove(ids.iterator().next());
    }
    return true;
  }

  /** Forgets an outcome that could not be taken after all. */
  synchronized void remove(MessageId id) {
    ids.remove(id);
  }
}
