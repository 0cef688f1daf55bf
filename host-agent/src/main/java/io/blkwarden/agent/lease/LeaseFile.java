package io.blkwarden.agent.lease;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import io.blkwarden.agent.throttle.LeaseStore;
import io.blkwarden.agent.throttle.StoredLeases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * The leases in {@code leases.json} of the state directory, readable by root only.
 *
 * <p>It is replaced as a whole ({@link AtomicFile}). The directory is best on a tmpfs such as
 * {@code /run}: leases mean nothing after a reboot, and a throttle must not wait for the very disks
 * that are overloaded.
 */
public final class LeaseFile implements LeaseStore {
  /** Longest file that is read, in bytes: 1024 leases of 64 workers stay well below it. */
  static final int MAX_BYTES = 64 << 20;

  private static final String NAME = "leases.json";

  private final Path directory;

  /** The file in a directory, which is made when it is not there. */
  public LeaseFile(Path directory) {
    this.directory = directory;
  }

  /** What was found at start. */
  public sealed interface Found {
    /** No earlier run has left a file. */
    record Nothing() implements Found {}

    /**
     * An earlier run's leases.
     *
     * @param leases as they were stored last
     */
    record Leases(StoredLeases leases) implements Found {}

    /**
     * A file that cannot be understood: what it held is not restored.
     *
     * @param detail what was expected, what was found, and where the file lies now
     */
    record SetAside(String detail) implements Found {}

    /**
     * A file that is there and could not be read just now: it is left as it is, and nothing may be
     * stored over it.
     *
     * @param detail why
     */
    record Unreadable(String detail) implements Found {}
  }

  /** Reads the file; one that is torn or foreign is renamed to {@code leases.json.corrupt}. */
  public Found load() {
    return read(this::setAside);
  }

  /** Reads the file and leaves it as it is, as for who only looks while an agent runs. */
  public Found look() {
    return read(flaw -> new Found.Unreadable("%s: %s".formatted(file(), flaw)));
  }

  private Found read(Function<String, Found> flawed) {
    Path file = file();
    try {
      long size = Files.size(file);
      if (size > MAX_BYTES) {
        return flawed.apply("expected at most %d bytes, found %d".formatted(MAX_BYTES, size));
      }
      return switch (LeaseDocument.decode(Files.readAllBytes(file))) {
        case LeaseDocument.Decoded.Ok(StoredLeases leases) -> new Found.Leases(leases);
        case LeaseDocument.Decoded.Malformed(String detail) -> flawed.apply(detail);
      };
    } catch (NoSuchFileException _) {
      return new Found.Nothing();
    } catch (IOException e) {
      return new Found.Unreadable("%s: cannot be read: %s".formatted(file(), e));
    }
  }

  private Found setAside(String flaw) {
    Path corrupt = directory.resolve(NAME + ".corrupt");
    String what =
        "%s: %s; priorities it would have restored stay as they are".formatted(file(), flaw);
    try {
      Files.move(file(), corrupt, ATOMIC_MOVE);
      return new Found.SetAside(what + "; set aside as " + corrupt);
    } catch (IOException e) {
      return new Found.SetAside(what + "; it cannot be set aside: " + e);
    }
  }

  @Override
  public Optional<String> save(StoredLeases leases) {
    try {
      AtomicFile.replace(directory, NAME, LeaseDocument.encode(leases));
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("%s: cannot be written: %s".formatted(file(), e));
    }
  }

  private Path file() {
    return directory.resolve(NAME);
  }
}
