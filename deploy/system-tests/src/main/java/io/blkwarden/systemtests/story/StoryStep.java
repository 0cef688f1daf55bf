package io.blkwarden.systemtests.story;

/** What has to be seen of one disk, in this order, for its story to be whole. */
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

  String meaning() {
    return meaning;
  }
}
