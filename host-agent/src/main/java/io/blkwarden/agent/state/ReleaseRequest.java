package io.blkwarden.agent.state;

import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The request that the agent ends all leases: the file {@code release-all.request} in the state
 * directory. The agent removes it when that is done.
 *
 * <p>It works without NATS. A request made while no agent runs is carried out at the next start.
 */
public final class ReleaseRequest {
  private final Path file;

  /** The request in a state directory. */
  public ReleaseRequest(Path directory) {
    this.file = directory.resolve("release-all.request");
  }

  /** Makes the request; returns the error, if any. */
  public Optional<String> request() {
    return StateFile.create(file);
  }

  /** Whether a request is pending. */
  public boolean isPending() {
    return Files.exists(file);
  }

  /** Writes into the request which leases could not be ended yet; returns the error, if any. */
  public Optional<String> reportStuck(String leases) {
    try {
      Files.writeString(file, leases, WRITE, TRUNCATE_EXISTING);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("%s: cannot be written: %s".formatted(file, e));
    }
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
