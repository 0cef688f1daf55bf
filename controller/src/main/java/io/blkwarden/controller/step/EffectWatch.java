package io.blkwarden.controller.step;

import io.blkwarden.controller.plan.EffectJudge;
import io.blkwarden.controller.plan.WindowSums;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Alert;
import org.jspecify.annotations.Nullable;

/** Judges what a throttle changed once the time after it is long enough. */
final class EffectWatch {
  /** How often an undecided effect is looked at again. */
  static final int JUDGEMENTS_MAX = 6;

  private final World world;

  EffectWatch(World world) {
    this.world = world;
  }

  boolean due(Throttle held) {
    return held.effectOpen && world.millis() >= held.judgeMillis;
  }

  /** Writes the judgement to the episode; an undecided one is made again a window later. */
  void judge(Case about, Episode episode, Throttle held) {
    long window = world.settings.effectWindowMillis();
    long from =
        Math.max(held.appliedMillis + world.settings.settleMillis(), world.millis() - window);
    WindowSums after = about.history.between(from, world.millis());
    EffectJudge.Judgement found =
        switch (held.restraint) {
          case Restraint.Priority _ -> EffectJudge.judge(held.before, after, window);
          case Restraint.Limit _ -> EffectJudge.judgeLimit(held.before, after, window);
        };
    held.judgements++;
    held.judgeMillis = world.millis() + window;
    held.effectOpen = found.effect() == Alert.Effect.UNKNOWN && held.judgements < JUDGEMENTS_MAX;
    episode.effect = found.effect();
    episode.note = found.note();
    episode.before = known(held.before);
    episode.after = known(after);
  }

  private static @Nullable Double known(WindowSums sums) {
    return Double.isNaN(sums.value()) ? null : Math.round(sums.value() * 1_000) / 1_000.0;
  }
}
