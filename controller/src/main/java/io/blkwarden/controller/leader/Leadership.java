package io.blkwarden.controller.leader;

/** Who leads, as this controller knows it; see {@code docs/decisions/0071}. */
public sealed interface Leadership {
  /** NATS has not been reached yet, or not within the time in which another may have taken over. */
  record Unknown() implements Leadership {}

  /**
   * This controller leads.
   *
   * @param epoch fencing token in every command; higher than that of every earlier leader
   */
  record Leading(long epoch) implements Leadership {}

  /**
   * Another controller leads; this one is a standby and takes over when the lease expires.
   *
   * @param holder instance name of the leader
   * @param epoch of the leader
   */
  record Following(String holder, long epoch) implements Leadership {}
}
