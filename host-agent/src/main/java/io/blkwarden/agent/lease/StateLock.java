package io.blkwarden.agent.lease;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * The right to change priorities on this host: a lock on {@code agent.lock} of the state directory.
 *
 * <p>The kernel drops it with the process, however that ends, so it never goes stale.
 */
public final class StateLock implements AutoCloseable {
  /** Far longer than a look at the lock takes. */
  public static final Duration LOOK = Duration.ofMillis(500);

  private static final Duration POLL = Duration.ofMillis(20);

  private final FileChannel channel;
  private final FileLock lock;

  private StateLock(FileChannel channel, FileLock lock) {
    this.channel = channel;
    this.lock = lock;
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

  /** Tries to take the lock, without waiting. */
  public static Attempt attempt(Path directory) {
    Path file = directory.resolve("agent.lock");
    try {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      FileChannel channel =
          FileChannel.open(
              file,
              Set.of(CREATE, WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      return lock(channel);
    } catch (IOException e) {
      return new Attempt.Failed("%s: cannot be locked: %s".formatted(file, e));
    }
  }

  /**
   * Tries for a while, for whoever only looks whether an agent runs has the lock for a moment, too.
   *
   * @param patience for how long to try, about
   */
  public static Attempt attempt(Path directory, Duration patience) {
    long tries = patience.dividedBy(POLL);
    Attempt last = attempt(directory);
    for (long i = 0; i < tries && last instanceof Attempt.Busy; i++) {
      LockSupport.parkNanos(POLL.toNanos());
      last = attempt(directory);
    }
    return last;
  }

  private static Attempt lock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return new Attempt.Taken(new StateLock(channel, lock));
      }
    } catch (OverlappingFileLockException _) {
      // This very process has it, as when two agents are embedded in one.
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    return new Attempt.Busy();
  }

  @Override
  public void close() {
    try (channel) {
      lock.release();
    } catch (IOException _) {
      // The kernel drops the lock with the descriptor in any case.
    }
  }
}
