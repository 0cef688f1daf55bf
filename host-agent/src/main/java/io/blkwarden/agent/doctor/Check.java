package io.blkwarden.agent.doctor;

import io.blkwarden.model.Require;

/**
 * One finding of {@code doctor}: what was tried, how it went, and what to do about it.
 *
 * @param name what was tried, 1 to 64 characters, such as {@code xenstore}
 * @param state how it went
 * @param detail what was found, with the path or error that shows it
 * @param remedy what to do; empty when nothing has to be done
 */
public record Check(String name, State state, String detail, String remedy) {
  /** How a check went. */
  public enum State {
    /** Works. */
    OK,
    /** Works less well, or only until the next restart. */
    WARN,
    /** Does not work: the agent does without, or does not run. */
    FAIL;

    /** The state as JSON and the table have it: {@code ok}, {@code warn}, {@code fail}. */
    public String id() {
      return switch (this) {
        case OK -> "ok";
        case WARN -> "warn";
        case FAIL -> "fail";
      };
    }
  }

  public Check {
    Require.text(name, 64, "check.name");
    Require.present(state, "check.state");
    Require.text(detail, 4096, "check.detail");
    Require.present(remedy, "check.remedy");
  }

  /** A check that found nothing wrong. */
  public static Check ok(String name, String detail) {
    return new Check(name, State.OK, detail, "");
  }

  /** A check that found something to watch. */
  public static Check warn(String name, String detail, String remedy) {
    return new Check(name, State.WARN, detail, remedy);
  }

  /** A check that found something broken. */
  public static Check fail(String name, String detail, String remedy) {
    return new Check(name, State.FAIL, detail, remedy);
  }
}
