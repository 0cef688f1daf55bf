package io.blkwarden.agent.state;

import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * The wish of a person on the host that a running agent ends all its leases: the file {@code
 * release-all.request} of the state directory. The agent removes it when it has done so.
 *
 * <p>It works without NATS. A request that no agent has seen is carried out by the next one that
 * starts.
 */
public final class ReleaseRequest {
  private final Path file;

  /** The request in a state directory. */
  public ReleaseRequest(Path directory) {
    this.file = directory.resolve("release-all.request");
  }

  /**
   * Makes the request.
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

  /** Whether a request stands. */
  public boolean stands() {
    return Files.exists(file);
  }

  /**
   * Notes in the request which leases could not be ended yet.
   *
   * @return what went wrong; empty when it is noted
   */
  public Optional<String> stuck(String leases) {
    try {
      Files.writeString(file, leases, WRITE, TRUNCATE_EXISTING);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("%s: cannot be written: %s".formatted(file, e));
    }
  }

  /** The leases that could not be ended yet; empty when no agent has noted any. */
  public String stuck() {
    try {
      return Files.readString(file);
    } catch (IOException _) {
      return "";
    }
  }

  /**
   * Takes the request away, as a sign that it is done.
   *
   * @return what went wrong; empty when it is away
   */
  public Optional<String> done() {
    try {
      Files.deleteIfExists(file);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("%s: cannot be removed: %s".formatted(file, e));
    }
  }
}
