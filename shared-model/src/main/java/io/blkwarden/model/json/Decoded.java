package io.blkwarden.model.json;

import io.blkwarden.model.Require;

/**
 * The result of decoding: a value or an error. Decoding never throws.
 *
 * @param <T> type of the value
 */
public sealed interface Decoded<T> {
  /**
   * The value.
   *
   * @param value decoded value
   */
  record Ok<T>(T value) implements Decoded<T> {}

  /**
   * Invalid bytes.
   *
   * @param reason kind of error
   * @param offset first invalid byte, from 0; 0 for errors of the whole message
   * @param detail expected and found values, at most 500 characters
   */
  record Malformed<T>(Reason reason, long offset, String detail) implements Decoded<T> {
    public Malformed {
      Require.within(offset, 0, Long.MAX_VALUE, "offset");
      detail = detail.length() > 500 ? detail.substring(0, 500) : detail;
    }
  }

  /** Kinds of errors. */
  enum Reason {
    /** The message is too long. */
    TOO_LARGE,
    /** The message is incomplete. */
    TRUNCATED,
    /** Not JSON, or wrong magic bytes. */
    SYNTAX,
    /** Unknown format or schema. */
    UNKNOWN_SCHEMA,
    /** A field is missing, out of range or has the wrong type. */
    INVALID_FIELD
  }
}
