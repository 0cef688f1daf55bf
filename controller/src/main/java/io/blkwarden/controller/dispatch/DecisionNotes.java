package io.blkwarden.controller.dispatch;

import io.blkwarden.controller.plan.Decision;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.DecisionNote;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Decisions as the messages that tell of them. */
final class DecisionNotes {
  private DecisionNotes() {}

  /** The message of a decision; a number that was not measured is left out. */
  static DecisionNote of(Decision decision, MessageId id, String controller, OptionalLong epoch) {
    Map<String, Double> numbers = new TreeMap<>(decision.numbers());
    numbers.values().removeIf(value -> !Double.isFinite(value));
    return new DecisionNote(
        id,
        decision.at(),
        controller,
        epoch.isPresent() ? epoch.getAsLong() : null,
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
