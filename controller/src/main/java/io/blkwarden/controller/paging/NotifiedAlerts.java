package io.blkwarden.controller.paging;

import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which alerts have paged and are open; mutable.
 *
 * <p>A quiet alert pages nobody. One that becomes quiet, or is resolved, after it paged gets a last
 * word. At most {@link #MAX} are remembered; further ones page, and their end is told only if it is
 * a resolution.
 */
public final class NotifiedAlerts {
  /** Most open pages that are remembered. */
  public static final int MAX = 65_536;

  private final Map<MessageId, Alert> open = new LinkedHashMap<>();

  /**
   * What people are to be told.
   *
   * @param alert as it is now
   * @param over whether it pages no more
   */
  public record Page(Alert alert, boolean over) {}

  /** Takes a word about an alert; what to tell people of it. */
  public Optional<Page> take(Alert alert) {
    boolean resolved = alert.state() == Alert.State.RESOLVED;
    if (!resolved && !alert.suppressed()) {
      if (open.size() < MAX || open.containsKey(alert.id())) {
        open.put(alert.id(), alert);
      }
      return Optional.of(new Page(alert, false));
    }
    boolean paged = open.remove(alert.id()) != null;
    // another controller may have paged before this one began
    return paged || (resolved && !alert.suppressed())
        ? Optional.of(new Page(alert, true))
        : Optional.empty();
  }

  /** Forgets what is open: another controller tells of it from now on. */
  public void forget() {
    open.clear();
  }

  /** The alerts that page now. */
  public Collection<Alert> open() {
    return open.values();
  }
}
