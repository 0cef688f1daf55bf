package io.blkwarden.controller.step;

import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Alert;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One breach from its beginning to its end: one alert, and what was tried; mutable. */
final class Episode {
  final MessageId alert;
  final Instant since;

  /** Place in the ladder to try next, from 0. */
  int rung;

  /** Commands in a row that came to nothing. */
  int attempts;

  /** Nothing is tried before this time on the monotonic clock. */
  long restUntilMillis;

  /** A snapshot of the host ends the rest. */
  boolean awaitsSnapshot;

  /** Nothing more is tried before the breach is over. */
  boolean done;

  /** What would be set, in shadow mode or once a guard lets it. */
  @Nullable Restraint wanted;

  /** The throttle that is held, or asked for, because of this breach. */
  @Nullable Throttle throttle;

  Alert.Effect effect = Alert.Effect.UNKNOWN;
  @Nullable Double before;
  @Nullable Double after;

  /** What the alert says about the action; empty for nothing. */
  String note = "";

  /** Kind of the last decision, so that the same one is not put on record each second. */
  String decided = "";

  /** What was published last. */
  @Nullable Alert published;

  Episode(MessageId alert, Instant since) {
    this.alert = alert;
    this.since = since;
  }
}
