package io.blkwarden.controller.engine;

import io.blkwarden.controller.policy.ClearRule;
import io.blkwarden.controller.throttle.EffectEvaluator;
import io.blkwarden.controller.throttle.WindowSums;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Alert;
import org.jspecify.annotations.Nullable;

/** Judges what a throttle changed once the time after it is long enough. */
final class EffectMonitor {
  /** How often an undecided effect is looked at again before that becomes rare. */
  static final int JUDGEMENTS_MAX = 6;

  /** How often what contradicts a throttle that worked must be found in a row. */
  private static final int DOUBTS = 2;

  private final EngineState engine;

  EffectMonitor(EngineState engine) {
    this.engine = engine;
  }

  boolean due(Throttle held) {
    return held.effectOpen && engine.millis() >= held.judgeMillis;
  }

  /**
   * Writes the judgement to the episode; an undecided one is made again a window later.
   *
   * <p>What worked is looked at again from time to time, and must be contradicted twice in a row: a
   * storm of others is not its fault. A swap disk is looked at more often, for its guest waits for
   * memory meanwhile.
   */
  void judge(Evaluation evaluation, Breach breach, Throttle held, boolean swap) {
    long window = engine.settings.effectWindowMillis();
    long from =
        Math.max(held.appliedMillis + engine.settings.settleMillis(), engine.millis() - window);
    WindowSums after = evaluation.history.between(from, engine.millis());
    if (held.before.samples() == 0) { // taken over or standing: the load before is unknown
      boolean little = evaluation.policy.isStanding() && after.ownUtil() < ClearRule.BACKLOG_UTIL;
      held.changesNothing =
          idle(held.restraint, after, little || EffectEvaluator.alone(after, window));
      held.judgeMillis = engine.millis() + window;
      return;
    }
    EffectEvaluator.Judgement found =
        switch (held.restraint) {
          case Restraint.Priority _ -> EffectEvaluator.judge(held.before, after, window);
          case Restraint.Limit _ -> EffectEvaluator.judgeLimit(held.before, after, window);
        };
    boolean contradicts =
        found.effect() == Alert.Effect.HARMED || found.effect() == Alert.Effect.NO_EFFECT;
    switch (found.effect()) {
      case UNKNOWN -> held.changesNothing = idle(held.restraint, after, found.idle());
      case WORKED -> held.changesNothing = false;
      case NO_EFFECT, HARMED, INEFFECTIVE -> {} // it is changed or ended for that
    }
    held.judgements++;
    held.doubts = contradicts ? held.doubts + 1 : 0;
    boolean undecided = found.effect() == Alert.Effect.UNKNOWN && held.judgements < JUDGEMENTS_MAX;
    boolean soon = held.worked ? held.doubts > 0 : undecided;
    held.judgeMillis = engine.millis() + (soon ? window : again(swap));
    if (held.worked && held.doubts < DOUBTS) {
      return;
    }
    held.worked = found.effect() == Alert.Effect.WORKED;
    held.effectOpen = !contradicts;
    if (held.worked && breach.effect == Alert.Effect.WORKED) {
      return; // the alert says so already
    }
    breach.effect = found.effect();
    breach.note = found.note();
    breach.before = known(held.before);
    breach.after = known(after);
  }

  /** A priority changes nothing where nobody competes; a limit does as long as it is used. */
  private static boolean idle(Restraint restraint, WindowSums after, boolean idle) {
    return switch (restraint) {
      case Restraint.Priority _ -> idle;
      case Restraint.Limit limit ->
          idle
              && ClearRule.ofLimit(limit, after.ownIos(), 0, after.ownUtil())
                  == ClearRule.Verdict.CLEAR;
    };
  }

  private long again(boolean swap) {
    return swap ? engine.settings.swapRejudgeMillis() : engine.settings.rejudgeMillis();
  }

  private static @Nullable Double known(WindowSums sums) {
    return Double.isNaN(sums.value()) ? null : Math.round(sums.value() * 1_000) / 1_000.0;
  }
}
