package io.blkwarden.agent.bus;

import org.jspecify.annotations.Nullable;

/** A message as it was received. */
public final class Delivery {
  private final @Nullable String replyTo;
  private final byte[] payload;

  /**
   * Makes one.
   *
   * @param replyTo where an answer is expected, if it is
   * @param payload the content
   */
  public Delivery(@Nullable String replyTo, byte[] payload) {
    this.replyTo = replyTo;
    this.payload = payload;
  }

  /** Where an answer is expected; null if none is. */
  public @Nullable String replyTo() {
    return replyTo;
  }

  /** The content. */
  public byte[] payload() {
    return payload;
  }
}
