package io.blkwarden.controller.alert;

import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The state of an alert in this controller; changed by {@link AlertMachine} only. */
public sealed interface AlertState {
  /** No alert: the condition is not met, or not for long enough, or the policy raises none. */
  record Inactive() implements AlertState {}

  /**
   * Published by an earlier leader; this controller has not found the breach yet.
   *
   * @param last as published last
   * @param calmMillis how long the condition has not been met, in measured time
   */
  record Restored(Alert last, long calmMillis) implements AlertState {}

  /** The breach is known to this controller. */
  sealed interface Active extends AlertState {
    @Override
    Life life();
  }

  /** Not published by this controller: a command's answer is awaited, or it does not lead. */
  record Waiting(Life life) implements Active {}

  /** Published; no throttle is in force. */
  record Firing(Life life) implements Active {}

  /** Published; a throttle is in force. */
  record Handled(Life life) implements Active {}

  /**
   * The breach is over, and {@code keep_firing_for} has not passed; published as firing.
   *
   * @param calmMillis how long it has been over, in measured time
   */
  record Kept(Life life, long calmMillis) implements Active {}

  /**
   * Samples of the host are missing, or have not arrived for long enough since.
   *
   * @param kept whether the breach was over before, as in {@link Kept}
   * @param calmMillis how long it has been over, in measured time
   */
  record Unknown(Life life, boolean kept, long calmMillis) implements Active {}

  /** The final state. */
  record Resolved() implements AlertState {}

  /** Whether the breach is over and its alert only kept for a while. */
  default boolean isKept() {
    return this instanceof Kept || (this instanceof Unknown unknown && unknown.kept());
  }

  /** Identity, start and last publication; absent without an alert. */
  default @Nullable Life life() {
    return this instanceof Restored restored ? Life.of(restored.last()) : null;
  }

  /** The last publication; absent before the first one, and without an alert. */
  default @Nullable Alert last() {
    Life life = life();
    return life == null ? null : life.last();
  }

  /**
   * What stays the same from state to state, and the last publication.
   *
   * @param incident shared by the open alerts about one physical device of a host
   * @param since start of the breach
   * @param last absent before the first publication
   * @param lastMillis when this controller published it; 0 if it did not
   */
  record Life(
      MessageId id,
      @Nullable MessageId incident,
      Instant since,
      @Nullable Alert last,
      long lastMillis) {
    /** The life of an alert that another controller published. */
    static Life of(Alert earlier) {
      return new Life(earlier.id(), earlier.incident(), earlier.since(), earlier, 0);
    }

    Life published(Alert alert, long nowMillis) {
      return new Life(id, incident, since, alert, nowMillis);
    }
  }
}
