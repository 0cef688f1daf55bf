package io.blkwarden.controller.bus;

/**
 * A host's last mapping snapshot, from the bucket {@code blkwarden-mapping}.
 *
 * @param key which only the host's agent may write
 * @param json the snapshot
 */
@SuppressWarnings("ArrayRecordComponent") // passed on once, and never compared
public record StoredMapping(String key, byte[] json) {}
