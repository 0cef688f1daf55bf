package io.blkwarden.agent.bus;

import org.jspecify.annotations.Nullable;

/** A received message. */
public final class Delivery {
  private final @Nullable String replyTo;
  private final byte[] payload;

  /**
   * Creates a message.
   *
   * @param replyTo reply subject; null if no reply is expected
   * @param payload the content
   */
  public Delivery(@Nullable String replyTo, byte[] payload) {
    this.replyTo = replyTo;
    this.payload = payload;
  }

  /** The reply subject; null if no reply is expected. */
  public @Nullable String replyTo() {
    return replyTo;
  }

  /** The content. */
  public byte[] payload() {
    return payload;
  }
}
