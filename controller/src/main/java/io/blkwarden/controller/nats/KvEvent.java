package io.blkwarden.controller.nats;

import org.jspecify.annotations.Nullable;

/** What a watch of a bucket gives: its entries, a marker that these were all, then changes. */
public sealed interface KvEvent {
  /**
   * An entry, or that it is deleted.
   *
   * @param value absent when the key is deleted
   * @param revision number of this change of the bucket
   */
  @SuppressWarnings("ArrayRecordComponent") // passed on once, and never compared
  record Entry(String key, byte @Nullable [] value, long revision) implements KvEvent {}

  /** All entries that the bucket has were given. */
  record Whole() implements KvEvent {}
}
