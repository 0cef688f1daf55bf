package io.blkwarden.simulation.story;

import java.util.EnumSet;
import java.util.Set;

/** What has to be seen of one disk for its story to be whole, each after what it follows from. */
enum StoryStep {
  MAPPED("the map: its disk, LV and proven threads in a mapping snapshot"),
  STORM("the storm: its samples above the threshold"),
  ALERT("the alert: firing on its subject"),
  COMMAND("the decision: a command to its host"),
  PRIORITY("the ionice: an outcome with the priority before and after"),
  HANDLED("the alert: handled"),
  EFFECT("the effect: worked, on the alert"),
  RELEASED("the release: an outcome with the old priority back"),
  RESOLVED("the alert: resolved");

  private final String meaning;

  StoryStep(String meaning) {
    this.meaning = meaning;
  }

  /**
   * What must have been seen before. Alerts and commands take different ways over NATS, so that
   * their order among each other means nothing.
   */
  Set<StoryStep> after() {
    return switch (this) {
      case MAPPED -> EnumSet.noneOf(StoryStep.class);
      case STORM -> EnumSet.of(MAPPED);
      case ALERT, COMMAND -> EnumSet.of(STORM);
      case PRIORITY -> EnumSet.of(COMMAND);
      case HANDLED -> EnumSet.of(ALERT);
      case EFFECT -> EnumSet.of(HANDLED);
      case RELEASED -> EnumSet.of(PRIORITY);
      case RESOLVED -> EnumSet.of(HANDLED);
    };
  }

  String meaning() {
    return meaning;
  }
}
