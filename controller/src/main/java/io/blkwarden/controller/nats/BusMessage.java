package io.blkwarden.controller.nats;

import org.jspecify.annotations.Nullable;

/**
 * A message as it came from NATS.
 *
 * @param subject that it came on
 * @param replyTo where an answer goes; absent when none is wanted
 * @param payload its bytes, which belong to whoever takes the message
 */
@SuppressWarnings("ArrayRecordComponent") // passed on once, and never compared
public record BusMessage(String subject, @Nullable String replyTo, byte[] payload) {}
