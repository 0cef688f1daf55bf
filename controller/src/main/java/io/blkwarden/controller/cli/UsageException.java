package io.blkwarden.controller.cli;

import java.io.Serial;
import java.util.function.Supplier;

/** A command that cannot be carried out as it was typed: exit code 2. */
final class UsageException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  UsageException(String message) {
    super(message);
  }

  private UsageException(IllegalArgumentException cause) {
    super(String.valueOf(cause.getMessage()), cause);
  }

  /** What is made of the words that were typed; what does not like them says why. */
  static <T> T unless(Supplier<T> made) {
    try {
      return made.get();
    } catch (IllegalArgumentException e) {
      throw new UsageException(e);
    }
  }
}
