package io.blkwarden.controller.nats;

import org.jspecify.annotations.Nullable;

/** An event of a bucket's watch: all entries, {@link EndOfData}, then changes. */
public sealed interface KvEvent {
  /**
   * An entry or its deletion.
   *
   * @param value absent for a deleted key
   * @param revision of the bucket
   */
  @SuppressWarnings("ArrayRecordComponent") // passed on once, and never compared
  record Entry(String key, byte @Nullable [] value, long revision) implements KvEvent {}

  /** All existing entries were emitted. */
  record EndOfData() implements KvEvent {}
}
