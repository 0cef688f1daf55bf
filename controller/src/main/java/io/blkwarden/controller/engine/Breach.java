package io.blkwarden.controller.engine;

import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Alert;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One breach from its beginning to its end: one alert, and what was tried; mutable. */
final class Breach {
  MessageId alert;

  /** Shared by the open alerts about one physical device of a host. */
  MessageId incident;

  Instant since;

  /** Place in the ladder to try next, from 0. */
  int step;

  /** Commands in a row that came to nothing. */
  int attempts;

  /** How often someone else undid its throttle. */
  int undone;

  /** Nothing is tried before this time on the monotonic clock. */
  long restUntilMillis;

  /** A snapshot of the host ends the rest. */
  boolean awaitsSnapshot;

  /** Nothing more is tried before the breach is over. */
  boolean done;

  /** Done because everything was released at once, which the end of a pause takes back. */
  boolean doneByReleaseAll;

  /** What would be set, in shadow mode or once a guard lets it. */
  @Nullable Restraint wanted;

  /** What waits for a person, in approve mode. */
  @Nullable Proposal proposal;

  /** The throttle that is held, or asked for, because of this breach. */
  @Nullable Throttle throttle;

  Alert.Effect effect = Alert.Effect.UNKNOWN;
  @Nullable Double before;
  @Nullable Double after;

  /** What the alert says about the action; empty for nothing. */
  String note = "";

  /** Kind of the last decision, so that the same one is not put on record each second. */
  String lastDecision = "";

  /** What was published last. */
  @Nullable Alert published;

  long publishedMillis;

  /** Whether its host's samples were missing, and have not come for long enough since. */
  boolean unknown;

  /** Whether the breach is over, and its alert is only kept for a while. */
  boolean calm;

  /** How long it has been calm, in measured time. */
  long calmMillis;

  Breach(MessageId alert, MessageId incident, Instant since) {
    this.alert = alert;
    this.incident = incident;
    this.since = since;
  }

  /** It is the breach that another controller told of. */
  void goesOn(Alert told) {
    alert = told.id();
    incident = told.incident() == null ? incident : told.incident();
    since = told.since();
  }

  /** The breach is over; its alert stays until it was calm for long enough. */
  void calmDown() {
    calm = true;
    calmMillis = 0;
    wanted = null;
    throttle = null;
    proposal = null;
    note = "it is over, and its alert is kept for a while";
  }

  /** The same breach again before its alert was resolved: what was tried before counts no more. */
  void again() {
    calm = false;
    step = 0;
    attempts = 0;
    undone = 0;
    restUntilMillis = 0;
    awaitsSnapshot = false;
    done = false;
    doneByReleaseAll = false;
    effect = Alert.Effect.UNKNOWN;
    before = null;
    after = null;
    note = "";
    lastDecision = "";
  }
}
