package io.blkwarden.agent.state;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * The lock that lets one process at a time change priorities on this host: file locks on {@code
 * agent.lock} in the state directories. The kernel releases it when the process ends.
 */
public final class StateLock implements AutoCloseable {
  /** How long to retry: far longer than another command holds the lock to test it. */
  public static final Duration RETRY_FOR = Duration.ofMillis(500);

  private static final Duration POLL = Duration.ofMillis(20);
  private static final String NAME = "agent.lock";

  private final List<FileLock> locks;

  private StateLock(List<FileLock> locks) {
    this.locks = List.copyOf(locks);
  }

  /** The result of trying to take the lock. */
  public sealed interface Attempt {
    /** The lock is taken until it is closed. */
    record Taken(StateLock lock) implements Attempt {}

    /** Another process has the lock: an agent is running. */
    record Busy() implements Attempt {}

    /** The directories cannot be used. */
    record Failed(String cause) implements Attempt {}
  }

  /**
   * Tries to take the lock in each directory, without waiting. A directory that cannot be used is
   * skipped if the other can: a full or read-only disk must not prevent an agent from restoring
   * priorities.
   */
  public static Attempt attempt(StateFolders folders) {
    List<FileLock> taken = new ArrayList<>();
    Optional<String> fault = Optional.empty();
    for (Path directory : new LinkedHashSet<>(List.of(folders.main(), folders.copies()))) {
      switch (one(directory)) {
        case Attempt.Taken(StateLock lock) -> taken.addAll(lock.locks);
        case Attempt.Busy busy -> {
          new StateLock(taken).close();
          return busy;
        }
        case Attempt.Failed(String cause) -> fault = fault.or(() -> Optional.of(cause));
      }
    }
    return taken.isEmpty()
        ? new Attempt.Failed(fault.orElse("no directory"))
        : new Attempt.Taken(new StateLock(taken));
  }

  /**
   * Tries repeatedly, because a command that tests whether an agent runs holds the lock briefly.
   *
   * @param retryFor how long to try, approximately
   */
  public static Attempt attempt(StateFolders folders, Duration retryFor) {
    long tries = retryFor.dividedBy(POLL);
    Attempt last = attempt(folders);
    for (long i = 0; i < tries && last instanceof Attempt.Busy; i++) {
      LockSupport.parkNanos(POLL.toNanos());
      last = attempt(folders);
    }
    return last;
  }

  private static Attempt one(Path directory) {
    Path file = directory.resolve(NAME);
    try {
      StateFile.createDirectory(directory);
      return lock(
          FileChannel.open(file, Set.of(CREATE, WRITE), StateFile.permissions("rw-------")), false);
    } catch (IOException e) {
      return readOnly(file, "%s: cannot be locked: %s".formatted(file, e));
    }
  }

  /** A shared lock; it fails while an agent has the exclusive one. */
  private static Attempt readOnly(Path file, String cause) {
    try {
      return lock(FileChannel.open(file, READ), true);
    } catch (IOException _) {
      return new Attempt.Failed(cause);
    }
  }

  private static Attempt lock(FileChannel channel, boolean shared) throws IOException {
    try {
      FileLock lock = channel.tryLock(0, Long.MAX_VALUE, shared);
      if (lock != null) {
        return new Attempt.Taken(new StateLock(List.of(lock)));
      }
    } catch (OverlappingFileLockException _) {
      // this process has it, as with two agents in one process
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    return new Attempt.Busy();
  }

  @Override
  public void close() {
    for (FileLock lock : locks) {
      try {
        lock.acquiredBy().close();
      } catch (IOException _) {
        // the kernel releases the lock with the descriptor in any case
      }
    }
  }
}
