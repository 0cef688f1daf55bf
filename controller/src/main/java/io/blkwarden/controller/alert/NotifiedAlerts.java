package io.blkwarden.controller.alert;

import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The alerts that receivers were notified of and that are open; mutable.
 *
 * <p>Suppressed alerts are not sent. An alert that is suppressed or resolved after a notification
 * gets a final notification. At most {@link #MAX} alerts are remembered; for further ones, only a
 * resolution is sent as their end.
 */
public final class NotifiedAlerts {
  /** Most remembered alerts. */
  public static final int MAX = 65_536;

  private final Map<MessageId, Alert> open = new LinkedHashMap<>();

  /**
   * A notification to send.
   *
   * @param ended whether it is the final notification of the alert
   */
  public record Notification(Alert alert, boolean ended) {}

  /** Records the state of an alert; returns the notification to send. */
  public Optional<Notification> update(Alert alert) {
    boolean resolved = alert.state() == Alert.State.RESOLVED;
    if (!resolved && !alert.suppressed()) {
      if (open.size() < MAX || open.containsKey(alert.id())) {
        open.put(alert.id(), alert);
      }
      return Optional.of(new Notification(alert, false));
    }
    boolean notified = open.remove(alert.id()) != null;
    // an earlier leader may have sent the notification
    return notified || (resolved && !alert.suppressed())
        ? Optional.of(new Notification(alert, true))
        : Optional.empty();
  }

  /** Removes all alerts. */
  public void clear() {
    open.clear();
  }

  /** The open alerts. */
  public Collection<Alert> open() {
    return open.values();
  }
}
