package io.blkwarden.controller.alert;

import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the state machine of an alert reads of its surroundings. */
public interface AlertInputs {
  /** The throttle of the breach. */
  enum Throttling {
    NONE,
    /** The answer to its first command, or the first heartbeat after a takeover, is awaited. */
    PENDING,
    /** There is a lease, and it is not known to be in force. */
    LEASED,
    IN_FORCE
  }

  /** Monotonic time. */
  long nowMillis();

  /** Wall clock time. */
  Instant wall();

  /** A new id. */
  MessageId newId();

  /** Whether this controller leads; no other publishes. */
  boolean leads();

  /** The throttle. */
  default Throttling throttling() {
    return Throttling.NONE;
  }

  /** The action that the alert would report; absent if none. */
  default Alert.@Nullable Action action() {
    return null;
  }

  /** How long the condition must not be met until the alert is resolved, in measured time. */
  long calmMillis();

  /** The interval of reminders; 0 for none. */
  default long remindMillis() {
    return 0;
  }

  /** The alert with current values, without marks. */
  Alert message(AlertState.Active state, Alert.State published, AlertEvent.@Nullable Ending ending);

  /** The alert with what suppresses its notifications now. */
  Alert marked(Alert alert);
}
