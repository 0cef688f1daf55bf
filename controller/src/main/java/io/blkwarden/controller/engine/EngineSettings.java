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
  }

  /** The times of throttles. */
  ThrottleInputs.Times throttleTimes() {
    return new ThrottleInputs.Times(
        effectWindowMillis, settleMillis, attempts, restMillis, rejudgeMillis, swapRejudgeMillis);
  }
}
