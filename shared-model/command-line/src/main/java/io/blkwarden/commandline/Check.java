package io.blkwarden.commandline;

import io.blkwarden.model.WireName;

/**
 * A result of {@code doctor}.
 *
 * @param name what was checked, such as {@code xenstore}
 * @param state the result
 * @param detail what was found, with the path or error
 * @param remedy what to do; empty if nothing
 */
public record Check(String name, State state, String detail, String remedy) {
  /** The result of a check. */
  public enum State implements WireName {
    /** Works. */
    OK,
    /** Works with restrictions, or only until the next restart. */
    WARN,
    /** Does not work. */
    FAIL
  }

  /** A check that passed. */
  public static Check ok(String name, String detail) {
    return new Check(name, State.OK, detail, "");
  }

  /** A check with a warning. */
  public static Check warn(String name, String detail, String remedy) {
    return new Check(name, State.WARN, detail, remedy);
  }

  /** A check that failed. */
  public static Check fail(String name, String detail, String remedy) {
    return new Check(name, State.FAIL, detail, remedy);
  }
}
