package io.blkwarden.model.json;

import io.blkwarden.model.Require;

/**
 * What decoding gave: the value, or why there is none. Decoding never throws.
 *
 * @param <T> type of the value
 */
public sealed interface Decoded<T> {
  /**
   * The value.
   *
   * @param value what the bytes meant
   */
  record Ok<T>(T value) implements Decoded<T> {}

  /**
   * Bytes that mean nothing valid.
   *
   * @param reason what kind of fault
   * @param offset first byte that shows it, from 0; -1 never: a fault of the whole is at 0
   * @param detail what was expected and what was found, at most 500 characters
   */
  record Malformed<T>(Reason reason, long offset, String detail) implements Decoded<T> {
    public Malformed {
      Require.present(reason, "reason");
      Require.within(offset, 0, Long.MAX_VALUE, "offset");
      detail = detail.length() > 500 ? detail.substring(0, 500) : detail;
    }
  }

  /** Kinds of fault. */
  enum Reason {
    /** More bytes than such a message may have. */
    TOO_LARGE,
    /** The bytes end before the message does. */
    TRUNCATED,
    /** Not the format at all: not JSON, or not the magic bytes. */
    SYNTAX,
    /** A format or schema that this reader does not know. */
    UNKNOWN_SCHEMA,
    /** A field of the wrong type, out of range, or missing. */
    INVALID_FIELD
  }
}
