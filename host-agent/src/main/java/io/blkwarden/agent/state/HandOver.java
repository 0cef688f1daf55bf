package io.blkwarden.agent.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * The wish that an agent which is stopped soon leaves its leases to the next one instead of ending
 * them, as when its package is upgraded: the file {@code hand-over.request} of the state directory.
 *
 * <p>It holds for {@link #PATIENCE}, so that one that was forgotten keeps no later stop from
 * restoring what leases changed; the next agent removes it.
 */
public final class HandOver {
  /** How long a wish holds: far more than lies between it and the stop. */
  public static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Path file;
  private final InstantSource wall;

  /**
   * The wish in a state directory.
   *
   * @param wall the clock of the directory's file system
   */
  public HandOver(Path directory, InstantSource wall) {
    this.file = directory.resolve("hand-over.request");
    this.wall = wall;
  }

  /**
   * Makes the wish.
   *
   * @return what went wrong; empty when it stands
   */
  public Optional<String> make() {
    try {
      Files.deleteIfExists(file);
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("%s: cannot be made: %s".formatted(file, e));
    }
  }

  /** Whether a wish stands that is not too old. */
  public boolean stands() {
    try {
      Instant made = Files.getLastModifiedTime(file).toInstant();
      return Duration.between(made, wall.instant()).abs().compareTo(PATIENCE) < 0;
    } catch (IOException _) {
      return false;
    }
  }

  /**
   * Takes the wish away.
   *
   * @return what went wrong; empty when it is away
   */
  public Optional<String> clear() {
    try {
      Files.deleteIfExists(file);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("%s: cannot be removed: %s".formatted(file, e));
    }
  }
}
