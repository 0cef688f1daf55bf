package io.blkwarden.controller.bus;

import org.jspecify.annotations.Nullable;

/**
 * A message as it came over NATS.
 *
 * @param subject that it was published on, which the server grants to its publisher
 * @param replyTo where an answer goes; absent when none is wanted
 * @param payload which belongs to whoever gets the message
 */
@SuppressWarnings("ArrayRecordComponent") // one for each message: a copy would double the work
public record BusMessage(String subject, @Nullable String replyTo, byte[] payload) {}
