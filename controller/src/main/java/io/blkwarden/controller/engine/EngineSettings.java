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
 * @param commandExpiresMillis how long an agent may take to start a command
 */
public record EngineSettings(
    long effectWindowMillis, long settleMillis, int silentIntervals, long commandExpiresMillis) {
  /** The defaults. */
  public static final EngineSettings DEFAULT = new EngineSettings(10_000, 5_000, 3, 10_000);

  /** Shortest time between two requests for a host's snapshot. */
  static final long SNAPSHOT_RETRY_MILLIS = 5_000;

  /** How long an operator waits for an agent. */
  static final long ANSWER_MILLIS = 15_000;

  /** Failed commands in a row before a long rest. */
  private static final int ATTEMPTS = 3;

  private static final long REST_MILLIS = 300_000;

  /** How long a step that harmed is not tried on that device. */
  static final long HARM_REST_MILLIS = 600_000;

  /** Time between two evaluations of a throttle that worked. */
  private static final long REJUDGE_MILLIS = 60_000;

  /** The same for a swap disk. */
  private static final long SWAP_REJUDGE_MILLIS = 20_000;

  /** Most operator requests that wait for agents; more are refused. */
  static final int PENDING_REQUESTS_MAX = 256;

  public EngineSettings {
    Require.within(effectWindowMillis, 1, 600_000, "effect_window_ms");
    Require.within(settleMillis, 0, 600_000, "settle_ms");
  }

  /** The times of throttles. */
  ThrottleInputs.Times throttleTimes() {
    return new ThrottleInputs.Times(
        effectWindowMillis,
        settleMillis,
        ATTEMPTS,
        REST_MILLIS,
        REJUDGE_MILLIS,
        SWAP_REJUDGE_MILLIS);
  }
}
