package io.blkwarden.controller.cli;

import java.io.Serial;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An invalid command line; exit code 2. */
final class UsageException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  UsageException(String message) {
    super(message);
  }

  private UsageException(IllegalArgumentException cause) {
    super(String.valueOf(cause.getMessage()), cause);
  }

  /** Throws a formatted message unless the arguments are valid. */
  static void unless(boolean valid, String message, @Nullable Object... found) {
    if (!valid) {
      throw new UsageException(message.formatted(found));
    }
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
