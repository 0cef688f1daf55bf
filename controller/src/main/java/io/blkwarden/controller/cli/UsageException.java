package io.blkwarden.controller.cli;

import java.io.Serial;
import java.util.function.Supplier;

/** An invalid command line; exit code 2. */
final class UsageException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  UsageException(String message) {
    super(message);
  }

  private UsageException(IllegalArgumentException cause) {
    super(String.valueOf(cause.getMessage()), cause);
  }

  /** Returns a value made from arguments; an {@link IllegalArgumentException} is rethrown. */
  static <T> T wrap(Supplier<T> made) {
    try {
      return made.get();
    } catch (IllegalArgumentException e) {
      throw new UsageException(e);
    }
  }
}
