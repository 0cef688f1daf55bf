package io.blkwarden.controller.throttle;

import io.blkwarden.controller.policy.ClearRule;
import io.blkwarden.model.message.Alert.Effect;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates what a throttle changed, from a window before it and one after it.
 *
 * <p>Only where neighbours used the device in both windows: alone, even an idle-class disk gets all
 * of it, so the effect is unknown. A disk that needs less by itself is no success either.
 */
public final class EffectEvaluator {
  /** Fewest samples that a window needs. */
  public static final int SAMPLES_MIN = 3;

  /** Neighbours compete when they complete so many I/Os per second, */
  public static final double DEMAND_IOS_MIN = 1;

  /** or have so many in flight on average. */
  public static final double DEMAND_IN_FLIGHT_MIN = 0.5;

  private static final double HALF = 0.5;
  private static final double TWO_THIRDS = 2.0 / 3;
  private static final double HARM_AWAIT = 1.5;
  private static final double HARM_AWAIT_MIN_MILLIS = 2;
  private static final double GAIN = 1.1;

  private EffectEvaluator() {}

  /**
   * The verdict.
   *
   * @param effect the verdict
   * @param note why, in half a sentence with numbers
   * @param idle whether a lower priority changes nothing now: no other disk competes, or this one
   *     does little I/O
   */
  public record Judgement(Effect effect, String note, boolean idle) {
    Judgement(Effect effect, String note) {
      this(effect, note, false);
    }
  }

  /** Compares the two windows of a disk whose priority is lowered. */
  public static Judgement judge(WindowSums before, WindowSums after, long windowMillis) {
    Judgement unknown = unknown(before, after, windowMillis);
    if (unknown != null) {
      return unknown;
    }
    boolean neighboursGained = after.otherIos() >= GAIN * before.otherIos();
    if (harmed(before, after) && !neighboursGained && !grew(before, after)) {
      return new Judgement(
          Effect.HARMED,
          "neighbours' I/O wait went from %.1f to %.1f ms, the device from %.0f to %.0f IOPS"
              .formatted(
                  before.otherAwaitMillis(),
                  after.otherAwaitMillis(),
                  before.deviceIos(),
                  after.deviceIos()));
    }
    if (after.otherAwaitMillis() <= TWO_THIRDS * before.otherAwaitMillis()) {
      return new Judgement(
          Effect.WORKED,
          "neighbours' I/O wait fell from %.1f to %.1f ms"
              .formatted(before.otherAwaitMillis(), after.otherAwaitMillis()));
    }
    return byShare(before, after);
  }

  /**
   * Compares the two windows of a disk that is limited. What it still wants cannot be seen, and a
   * device that does less is what a limit is for, so only the neighbours count: they wait less or
   * complete more, or it had no effect.
   */
  public static Judgement judgeLimit(WindowSums before, WindowSums after, long windowMillis) {
    Judgement unknown = unknown(before, after, windowMillis);
    if (unknown != null) {
      return unknown;
    }
    boolean gained = after.otherIos() >= GAIN * before.otherIos();
    boolean faster = after.otherAwaitMillis() <= TWO_THIRDS * before.otherAwaitMillis();
    Effect effect =
        faster || gained
            ? Effect.WORKED
            : slower(before, after) && !grew(before, after) ? Effect.HARMED : Effect.NO_EFFECT;
    return new Judgement(
        effect,
        "neighbours' I/O wait went from %.1f to %.1f ms, their rate from %.0f to %.0f IOPS"
            .formatted(
                before.otherAwaitMillis(),
                after.otherAwaitMillis(),
                before.otherIos(),
                after.otherIos()));
  }

  private static @Nullable Judgement unknown(
      WindowSums before, WindowSums after, long windowMillis) {
    if (tooShort(before, windowMillis) || tooShort(after, windowMillis)) {
      return new Judgement(Effect.UNKNOWN, "too few samples before or after");
    }
    if (Double.isNaN(before.otherAwaitMillis()) || Double.isNaN(after.otherAwaitMillis())) {
      String why = "the neighbours' I/O wait is unknown: they share a device";
      return new Judgement(Effect.UNKNOWN, why);
    }
    String when = demand(before) ? "after" : "before";
    return demand(before) && demand(after)
        ? null
        : new Judgement(Effect.UNKNOWN, "no neighbour competed " + when, !demand(after));
  }

  private static Judgement byShare(WindowSums before, WindowSums after) {
    boolean fell =
        after.share() <= HALF * before.share() || after.ownIos() <= HALF * before.ownIos();
    String share =
        "its share of the guests' I/O went from %.0f%% to %.0f%%"
            .formatted(before.share() * 100, after.share() * 100);
    if (!fell) {
      return new Judgement(Effect.NO_EFFECT, share);
    }
    if (Double.isNaN(after.ownUtil())) {
      return new Judgement(Effect.UNKNOWN, share + ", but whether it wants more is unknown");
    }
    if (after.ownUtil() < ClearRule.BACKLOG_UTIL) {
      return new Judgement(Effect.UNKNOWN, share + ", but it asked for less by itself", true);
    }
    return new Judgement(
        Effect.WORKED,
        "%s; neighbours' I/O wait went from %.1f to %.1f ms"
            .formatted(share, before.otherAwaitMillis(), after.otherAwaitMillis()));
  }

  private static boolean tooShort(WindowSums window, long windowMillis) {
    return window.samples() < SAMPLES_MIN || window.millis() < windowMillis / 4;
  }

  private static boolean demand(WindowSums window) {
    return window.otherIos() >= DEMAND_IOS_MIN || window.otherInFlight() >= DEMAND_IN_FLIGHT_MIN;
  }

  private static boolean harmed(WindowSums before, WindowSums after) {
    return slower(before, after) || after.deviceIos() <= HALF * before.deviceIos();
  }

  /**
   * Whether the disk does more than before: then the others' latency is not the throttle's fault.
   */
  private static boolean grew(WindowSums before, WindowSums after) {
    return after.ownIos() >= GAIN * before.ownIos();
  }

  /** Whether no other disk competes with a throttled one. */
  public static boolean alone(WindowSums after, long windowMillis) {
    return !tooShort(after, windowMillis) && !demand(after);
  }

  private static boolean slower(WindowSums before, WindowSums after) {
    return after.otherAwaitMillis() >= HARM_AWAIT * before.otherAwaitMillis()
        && after.otherAwaitMillis() >= before.otherAwaitMillis() + HARM_AWAIT_MIN_MILLIS;
  }
}
