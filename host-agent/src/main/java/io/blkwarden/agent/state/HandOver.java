package io.blkwarden.agent.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * The request that the running agent leaves its leases to the next one, as in a package upgrade:
 * the file {@code hand-over.request} in the state directory.
 *
 * <p>A request expires after {@link #VALID_FOR}, so that a later stop ends the leases. The next
 * agent removes it.
 */
public final class HandOver {
  /** How long a request is valid. */
  public static final Duration VALID_FOR = Duration.ofMinutes(2);

  private final Path file;
  private final InstantSource wall;

  /**
   * The request in a state directory.
   *
   * @param wall clock of the directory's file system
   */
  public HandOver(Path directory, InstantSource wall) {
    this.file = directory.resolve("hand-over.request");
    this.wall = wall;
  }

  /** Makes the request; returns the error, if any. */
  public Optional<String> request() {
    return StateFile.create(file);
  }

  /** Whether there is a request that has not expired. */
  public boolean isRequested() {
    try {
      Instant made = Files.getLastModifiedTime(file).toInstant();
      return Duration.between(made, wall.instant()).abs().compareTo(VALID_FOR) < 0;
    } catch (IOException _) {
      return false;
    }
  }

  /** Removes the request; returns the error, if any. */
  public Optional<String> remove() {
    return StateFile.remove(file);
  }
}
