package io.blkwarden.controller.engine;

import io.blkwarden.controller.throttle.Attempts;
import io.blkwarden.controller.throttle.ThrottleState;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A breach from its start to its end: its alert and its throttle; mutable. */
final class Breach {
  MessageId alert;

  /** Shared by the open alerts about one physical device of a host. */
  MessageId incident;

  Instant since;

  Throttle throttle;

  /** What was published last. */
  @Nullable Alert published;

  long publishedMillis;

  /** Whether its host's samples were missing, and have not come for long enough since. */
  boolean unknown;

  /** Whether the breach is over, and its alert is only kept for a while. */
  boolean calm;

  /** How long it has been calm, in measured time. */
  long calmMillis;

  Breach(MessageId alert, MessageId incident, Instant since, Throttle throttle) {
    this.alert = alert;
    this.incident = incident;
    this.since = since;
    this.throttle = throttle;
  }

  /** Continues the alert that another controller published. */
  void continueAs(Alert earlier) {
    alert = earlier.id();
    incident = earlier.incident() == null ? incident : earlier.incident();
    since = earlier.since();
  }

  /** The breach is over; its alert stays until it was calm for long enough. */
  void calmDown(Evaluation evaluation) {
    calm = true;
    calmMillis = 0;
    Attempts.End end =
        new Attempts.End(Attempts.End.Kind.CLEARED, "it is over; its alert is kept for a while");
    ThrottleState over = new ThrottleState.Finished(end, throttle.state.report());
    throttle = Throttle.of(throttle.host, evaluation);
    throttle.state = over;
  }

  /** The same breach again before its alert was resolved: earlier attempts do not count. */
  void again(Evaluation evaluation) {
    calm = false;
    if (throttle.lease() == null) {
      throttle = Throttle.of(throttle.host, evaluation);
    }
  }
}
