package io.blkwarden.controller.bus;

/** Who may command the fleet, as this controller knows it; see {@code docs/decisions/0008}. */
public sealed interface Claim {
  /** Nobody knows yet: NATS has not been reached since the start. */
  record Unknown() implements Claim {}

  /**
   * This controller may.
   *
   * @param epoch number of the claim, in every command; higher than that of every earlier claim
   */
  record Held(long epoch) implements Claim {}

  /**
   * Another controller took over; this one only watches until it is started again.
   *
   * @param holder name of the other instance
   * @param epoch its number
   */
  record Lost(String holder, long epoch) implements Claim {}
}
