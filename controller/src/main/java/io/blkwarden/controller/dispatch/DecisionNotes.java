package io.blkwarden.controller.dispatch;

import io.blkwarden.controller.plan.Decision;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.DecisionNote;
import java.time.InstantSource;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Makes the messages that tell of decisions. */
public final class DecisionNotes {
  private final Supplier<OptionalLong> epoch;
  private final String issuer;
  private final InstantSource clock;
  private final RandomGenerator random;

  /**
   * Messages of a controller.
   *
   * @param epoch of this controller while it leads, absent otherwise
   * @param issuer its name
   */
  public DecisionNotes(
      Supplier<OptionalLong> epoch, String issuer, InstantSource clock, RandomGenerator random) {
    this.epoch = epoch;
    this.issuer = issuer;
    this.clock = clock;
    this.random = random;
  }

  /** The message of a decision; a number that was not measured is left out. */
  public DecisionNote of(Decision decision) {
    OptionalLong leading = epoch.get();
    Map<String, Double> numbers = new TreeMap<>(decision.numbers());
    numbers.values().removeIf(value -> !Double.isFinite(value));
    return new DecisionNote(
        MessageId.of(clock.millis(), random),
        decision.at(),
        issuer,
        leading.isPresent() ? leading.getAsLong() : null,
        decision.host(),
        decision.domain(),
        decision.vdev(),
        decision.policy(),
        decision.alert(),
        DecisionNote.Verdict.named(decision.verdict().wire()),
        decision.guard(),
        decision.throttle(),
        decision.reason(),
        numbers,
        decision.requestedByKey());
  }
}
