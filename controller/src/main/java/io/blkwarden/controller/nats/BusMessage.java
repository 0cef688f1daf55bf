package io.blkwarden.controller.nats;

import org.jspecify.annotations.Nullable;

/**
 * A message from NATS.
 *
 * @param replyTo reply subject; absent if no reply is expected
 * @param payload owned by the receiver
 */
@SuppressWarnings("ArrayRecordComponent") // passed on once, and never compared
public record BusMessage(String subject, @Nullable String replyTo, byte[] payload) {}
