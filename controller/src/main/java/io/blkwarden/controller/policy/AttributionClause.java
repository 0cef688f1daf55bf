package io.blkwarden.controller.policy;

import io.blkwarden.controller.attribution.AttributionRule;
import io.blkwarden.model.Require;

/**
 * Acts only on a disk that is found to hurt its neighbours.
 *
 * @param rule when it is
 * @param windowMillis how far back to look, 1 minute to 1 hour; a sixtieth of it is a slot, and
 *     five slots of pain are the least that can be judged
 */
public record AttributionClause(AttributionRule rule, long windowMillis) {
  /** Shortest window: hosts are sampled about once a second. */
  public static final long WINDOW_MIN_MILLIS = 60_000;

  /** Longest. */
  public static final long WINDOW_MAX_MILLIS = 3_600_000;

  /** Unless a policy says otherwise. */
  public static final long WINDOW_MILLIS = 120_000;

  /** Neighbours are hurt above this mean time of an I/O, unless a policy says otherwise. */
  public static final double HURT_MILLIS = 20;

  public AttributionClause {
    Require.present(rule, "blame");
    Require.within(windowMillis, WINDOW_MIN_MILLIS, WINDOW_MAX_MILLIS, "blame.window");
  }
}
