package io.blkwarden.agent.state;

import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A request of a command to the agent, without NATS: a file in the state directory. */
public record StateRequest(Path file) {
  /** How long a hand-over request is valid, so that a later stop ends the leases. */
  public static final Duration HAND_OVER_VALID_FOR = Duration.ofMinutes(2);

  /**
   * The request that the agent ends all leases, and then removes the file. Made while no agent
   * runs, it is carried out at the next start.
   */
  public static StateRequest releaseAll(Path directory) {
    return new StateRequest(directory.resolve("release-all.request"));
  }

  /**
   * The request that the running agent leaves its leases to the next one, which removes it, as in a
   * package upgrade.
   */
  public static StateRequest handOver(Path directory) {
    return new StateRequest(directory.resolve("hand-over.request"));
  }

  /** Makes the request; returns the error, if any. */
  public Optional<String> make() {
    return StateFile.attempt(
        file,
        "cannot be created",
        () -> {
          Files.deleteIfExists(file);
          Files.createFile(file, StateFile.permissions("rw-------"));
        });
  }

  /** Whether a request is pending. */
  public boolean isPending() {
    return Files.exists(file);
  }

  /** Whether a hand-over request is pending and valid at this time. */
  public boolean isValid(Instant now) {
    try {
      Instant made = Files.getLastModifiedTime(file).toInstant();
      return Duration.between(made, now).abs().compareTo(HAND_OVER_VALID_FOR) < 0;
    } catch (IOException _) {
      return false;
    }
  }

  /** Writes into the request which leases could not be ended yet; returns the error, if any. */
  public Optional<String> reportStuck(String leases) {
    return StateFile.attempt(
        file, "cannot be written", () -> Files.writeString(file, leases, WRITE, TRUNCATE_EXISTING));
  }

  /** The leases that could not be ended yet; empty if the agent reported none. */
  public String stuck() {
    try {
      return Files.readString(file);
    } catch (IOException _) {
      return "";
    }
  }

  /** Removes the request, as a sign that it is done; returns the error, if any. */
  public Optional<String> remove() {
    return StateFile.remove(file);
  }
}
