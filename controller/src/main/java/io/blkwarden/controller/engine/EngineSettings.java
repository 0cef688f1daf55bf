package io.blkwarden.controller.engine;

import io.blkwarden.controller.throttle.ThrottleInputs;
import io.blkwarden.model.Require;

/**
 * Times and bounds of the engine that no policy sets.
 *
 * @param effectWindowMillis how long the disk and its neighbours are measured before a command, and
 *     again after it
 * @param settleMillis time after a command that counts to neither window
 * @param silentIntervals a host without samples for so many of its intervals is unknown
 * @param snapshotRetryMillis shortest time between two requests for a host's snapshot
 * @param commandExpiresMillis how long an agent may take to start a command
 * @param answerMillis how long an operator waits for an agent
 * @param attempts failed commands in a row before a long rest
 * @param restMillis the long rest
 * @param harmRestMillis how long a step that harmed is not tried on that device
 * @param rejudgeMillis time between two evaluations of a throttle that worked
 * @param swapRejudgeMillis the same for a swap disk
 * @param pendingAsksMax most operator requests that wait for agents; more are refused
 */
public record EngineSettings(
    long effectWindowMillis,
    long settleMillis,
    int silentIntervals,
    long snapshotRetryMillis,
    long commandExpiresMillis,
    long answerMillis,
    int attempts,
    long restMillis,
    long harmRestMillis,
    long rejudgeMillis,
    long swapRejudgeMillis,
    int pendingAsksMax) {
  /** The defaults. */
  public static final EngineSettings DEFAULT =
      new EngineSettings(
          10_000, 5_000, 3, 5_000, 10_000, 15_000, 3, 300_000, 600_000, 60_000, 20_000, 256);

  public EngineSettings {
    Require.within(effectWindowMillis, 1, 600_000, "effect_window_ms");
    Require.within(settleMillis, 0, 600_000, "settle_ms");
    Require.within(silentIntervals, 1, 1_000, "silent_intervals");
    Require.within(snapshotRetryMillis, 0, 600_000, "snapshot_retry_ms");
    Require.within(commandExpiresMillis, 1, 600_000, "command_expires_ms");
    Require.within(answerMillis, 1, 600_000, "answer_ms");
    Require.within(attempts, 1, 100, "attempts");
    Require.within(restMillis, 0, 86_400_000, "rest_ms");
    Require.within(harmRestMillis, 0, 86_400_000, "harm_rest_ms");
    Require.within(rejudgeMillis, 1, 3_600_000, "rejudge_ms");
    Require.within(swapRejudgeMillis, 1, 3_600_000, "swap_rejudge_ms");
    Require.within(pendingAsksMax, 1, 100_000, "pending_asks_max");
  }

  /** The times of throttles. */
  ThrottleInputs.Times throttleTimes() {
    return new ThrottleInputs.Times(
        effectWindowMillis, settleMillis, attempts, restMillis, rejudgeMillis, swapRejudgeMillis);
  }
}
