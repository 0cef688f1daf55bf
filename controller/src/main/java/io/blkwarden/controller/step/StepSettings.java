package io.blkwarden.controller.step;

import io.blkwarden.model.Require;

/**
 * Times and bounds of the step that no policy sets.
 *
 * @param effectWindowMillis how long the disk and its neighbours are measured before a command, and
 *     again after it
 * @param settleMillis time after a command that counts to neither window
 * @param silentIntervals a host without samples for so many of its intervals is unknown
 * @param snapshotRetryMillis shortest time between two requests for a host's snapshot
 * @param commandExpiresMillis how long an agent may take to begin a command
 * @param answerMillis how long a person waits for an agent before the answer says so
 * @param attempts how often a command is tried again before it rests
 * @param restMillis how long it rests then
 * @param pendingAsksMax most people's requests that wait for an agent; more are refused
 */
public record StepSettings(
    long effectWindowMillis,
    long settleMillis,
    int silentIntervals,
    long snapshotRetryMillis,
    long commandExpiresMillis,
    long answerMillis,
    int attempts,
    long restMillis,
    int pendingAsksMax) {
  /** What a controller runs with unless told otherwise. */
  public static final StepSettings DEFAULT =
      new StepSettings(10_000, 5_000, 3, 5_000, 10_000, 15_000, 3, 300_000, 256);

  public StepSettings {
    Require.within(effectWindowMillis, 1, 600_000, "effect_window_ms");
    Require.within(settleMillis, 0, 600_000, "settle_ms");
    Require.within(silentIntervals, 1, 1_000, "silent_intervals");
    Require.within(snapshotRetryMillis, 0, 600_000, "snapshot_retry_ms");
    Require.within(commandExpiresMillis, 1, 600_000, "command_expires_ms");
    Require.within(answerMillis, 1, 600_000, "answer_ms");
    Require.within(attempts, 1, 100, "attempts");
    Require.within(restMillis, 0, 86_400_000, "rest_ms");
    Require.within(pendingAsksMax, 1, 100_000, "pending_asks_max");
  }
}
