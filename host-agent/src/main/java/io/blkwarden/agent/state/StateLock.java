package io.blkwarden.agent.state;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * The right to change priorities on this host: locks on {@code agent.lock} of the state
 * directories.
 *
 * <p>The kernel drops it with the process, however that ends, so it never goes stale.
 */
public final class StateLock implements AutoCloseable {
  /** Far longer than a look at the lock takes. */
  public static final Duration LOOK = Duration.ofMillis(500);

  private static final Duration POLL = Duration.ofMillis(20);
  private static final String NAME = "agent.lock";

  private final List<FileLock> locks;

  private StateLock(List<FileLock> locks) {
    this.locks = List.copyOf(locks);
  }

  /** What trying to take the lock gave. */
  public sealed interface Attempt {
    /**
     * It is ours until it is closed.
     *
     * @param lock to be closed
     */
    record Taken(StateLock lock) implements Attempt {}

    /** Another process has it: an agent runs. */
    record Busy() implements Attempt {}

    /**
     * The directory cannot be used.
     *
     * @param cause what was tried and why it failed
     */
    record Failed(String cause) implements Attempt {}
  }

  /** Tries to take the lock of one directory, without waiting. */
  public static Attempt attempt(Path directory) {
    return attempt(StateFolders.beside(directory));
  }

  /**
   * Tries to take the lock, without waiting. It is a lock in each directory, of which one that
   * cannot be written to is left out: a disk that is full or read-only must not keep an agent from
   * restoring what an earlier one has changed.
   */
  public static Attempt attempt(StateFolders folders) {
    List<FileLock> taken = new ArrayList<>();
    Optional<String> fault = Optional.empty();
    for (Path directory : new LinkedHashSet<>(List.of(folders.main(), folders.copies()))) {
      switch (one(directory)) {
        case One.Locked(FileLock lock) -> taken.add(lock);
        case One.Busy() -> {
          new StateLock(taken).close();
          return new Attempt.Busy();
        }
        case One.Failed(String cause) ->
            fault =
                directory.equals(folders.main())
                    ? Optional.of(cause)
                    : fault.or(() -> Optional.of(cause));
      }
    }
    return taken.isEmpty()
        ? new Attempt.Failed(fault.orElse("no directory"))
        : new Attempt.Taken(new StateLock(taken));
  }

  /**
   * Tries for a while, for whoever only looks whether an agent runs has the lock for a moment, too.
   *
   * @param patience for how long to try, about
   */
  public static Attempt attempt(StateFolders folders, Duration patience) {
    long tries = patience.dividedBy(POLL);
    Attempt last = attempt(folders);
    for (long i = 0; i < tries && last instanceof Attempt.Busy; i++) {
      LockSupport.parkNanos(POLL.toNanos());
      last = attempt(folders);
    }
    return last;
  }

  /** What trying one directory gave. */
  private sealed interface One {
    record Locked(FileLock lock) implements One {}

    record Busy() implements One {}

    record Failed(String cause) implements One {}
  }

  private static One one(Path directory) {
    Path file = directory.resolve(NAME);
    try {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      return lock(
          FileChannel.open(
              file,
              Set.of(CREATE, WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))),
          false);
    } catch (IOException e) {
      return readOnly(file, "%s: cannot be locked: %s".formatted(file, e));
    }
  }

  /** A lock for reading excludes an agent that locked the file for writing before. */
  private static One readOnly(Path file, String cause) {
    try {
      return lock(FileChannel.open(file, READ), true);
    } catch (IOException _) {
      return new One.Failed(cause);
    }
  }

  private static One lock(FileChannel channel, boolean shared) throws IOException {
    try {
      FileLock lock = channel.tryLock(0, Long.MAX_VALUE, shared);
      if (lock != null) {
        return new One.Locked(lock);
      }
    } catch (OverlappingFileLockException _) {
      // This very process has it, as when two agents are embedded in one.
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    return new One.Busy();
  }

  @Override
  public void close() {
    for (FileLock lock : locks) {
      try {
        lock.acquiredBy().close(); // with its locks
      } catch (IOException _) {
        // The kernel drops the lock with the descriptor in any case.
      }
    }
  }
}
