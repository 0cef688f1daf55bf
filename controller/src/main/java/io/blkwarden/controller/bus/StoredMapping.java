package io.blkwarden.controller.bus;

/**
 * A host's last mapping snapshot as the bucket {@code blkwarden-mapping} has it.
 *
 * @param key that it is stored under, which only its host's agent may write
 * @param json the snapshot
 */
@SuppressWarnings("ArrayRecordComponent") // passed on once, and never compared
public record StoredMapping(String key, byte[] json) {}
