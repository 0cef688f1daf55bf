package io.blkwarden.controller.nats;

import io.blkwarden.commandline.CommandError;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A failed NATS operation; the message says why and what to do next. */
public final class NatsException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  private final String error;
  private final String hint;

  /**
   * Creates an exception.
   *
   * @param hint what to do next; may be empty
   */
  public NatsException(String error, String hint) {
    this(error, hint, null);
  }

  /** Creates an exception with a cause. */
  public NatsException(String error, String hint, @Nullable Throwable cause) {
    super(hint.isEmpty() ? error : error + ": " + hint, cause);
    this.error = error;
    this.hint = hint;
  }

  /** For an interrupted thread, which stays interrupted. */
  static NatsException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new NatsException("interrupted", "", e);
  }

  /** The error and the hint. */
  public CommandError commandError() {
    return new CommandError(error, hint);
  }
}
