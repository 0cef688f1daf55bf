package io.blkwarden.controller.bus;

/** Who may command the fleet, as this controller knows it; see {@code docs/decisions/0008}. */
public sealed interface Leadership {
  /** Not known: NATS was not reached yet, or not for so long that another may have claimed. */
  record Unknown() implements Leadership {}

  /**
   * This controller may.
   *
   * @param epoch number of the claim, in every command; higher than that of every earlier claim
   */
  record Leading(long epoch) implements Leadership {}

  /**
   * Another controller commands; this one watches, and claims once the other's lease has ended.
   *
   * @param holder name of the other instance
   * @param epoch its number
   */
  record Following(String holder, long epoch) implements Leadership {}
}
