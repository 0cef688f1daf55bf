package io.blkwarden.simulation.story;

import java.util.EnumSet;
import java.util.Set;

/** The steps from the map to the resolved alert of one disk. */
enum StoryStep {
  MAPPED("the map: its disk, LV and proven threads in a mapping snapshot"),
  STORM("the storm: its samples above the threshold"),
  ALERT("the alert: firing, or handled already, on its subject"),
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
   * The steps required before this one. Alerts and commands travel independently over NATS, so they
   * have no order between them.
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
