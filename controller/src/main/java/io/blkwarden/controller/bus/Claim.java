package io.blkwarden.controller.bus;

/** Who may command the fleet, as this controller knows it; see {@code docs/decisions/0008}. */
public sealed interface Claim {
  /** Not known: NATS was not reached yet, or not for so long that another may have claimed. */
  record Unknown() implements Claim {}

  /**
   * This controller may.
   *
   * @param epoch number of the claim, in every command; higher than that of every earlier claim
   */
  record Held(long epoch) implements Claim {}

  /**
   * Another controller commands; this one watches, and claims once the other's lease has ended.
   *
   * @param holder name of the other instance
   * @param epoch its number
   */
  record Lost(String holder, long epoch) implements Claim {}
}
