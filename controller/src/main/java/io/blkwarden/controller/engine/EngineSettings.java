package io.blkwarden.controller.engine;

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

  /** How long an operator waits for an agent. */
  static final long ANSWER_MILLIS = 15_000;

  /** How long a step that harmed is not tried on that device. */
  static final long HARM_REST_MILLIS = 600_000;

  /** Most operator requests that wait for agents; more are refused. */
  static final int PENDING_REQUESTS_MAX = 256;

  public EngineSettings {
    Require.within(effectWindowMillis, 1, 600_000, "effect_window_ms");
    Require.within(settleMillis, 0, 600_000, "settle_ms");
  }
}
