package io.blkwarden.controller.nats;

import io.blkwarden.commandline.Complaint;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** NATS could not do what was asked; the message says why and what to do next. */
public final class NatsException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  private final String error;
  private final String hint;

  /**
   * A failure.
   *
   * @param hint what to do next; empty where nothing helps
   */
  public NatsException(String error, String hint) {
    super(hint.isEmpty() ? error : error + ": " + hint);
    this.error = error;
    this.hint = hint;
  }

  /** The same with its cause. */
  public NatsException(String error, String hint, @Nullable Throwable cause) {
    super(hint.isEmpty() ? error : error + ": " + hint, cause);
    this.error = error;
    this.hint = hint;
  }

  /** Somebody ends the thread that waits; it stays interrupted. */
  static NatsException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new NatsException("interrupted", "", e);
  }

  /** Why, and what to do next. */
  public Complaint complaint() {
    return new Complaint(error, hint);
  }
}
