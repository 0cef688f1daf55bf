package io.blkwarden.controller.runtime;

import io.blkwarden.controller.bus.BusException;
import io.blkwarden.controller.bus.RecordPages;
import io.blkwarden.controller.bus.Records;
import io.blkwarden.controller.http.Stories;
import io.blkwarden.controller.why.Question;
import io.blkwarden.controller.why.Story;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Reads the audit trail for HTTP, one request at a time, on a thread of its own, so that a long one
 * delays nothing else.
 *
 * <p>{@link #WAITING} may wait; further ones are refused. A story that takes over {@link #PATIENCE}
 * is given up.
 */
final class StoryDesk implements Stories, AutoCloseable {
  static final int WAITING = 4;
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private final RecordPages pages;
  private final InstantSource clock;
  private final ThreadPoolExecutor reader =
      new ThreadPoolExecutor(
          1,
          1,
          1,
          TimeUnit.MINUTES,
          new ArrayBlockingQueue<>(WAITING),
          task -> {
            Thread thread = new Thread(task, "blkwarden-stories");
            thread.setDaemon(true);
            return thread;
          });

  StoryDesk(RecordPages pages, InstantSource clock) {
    this.pages = pages;
    this.clock = clock;
    reader.allowCoreThreadTimeOut(true);
  }

  @Override
  public CompletableFuture<Story> tell(Question question, Duration since) {
    try {
      return CompletableFuture.supplyAsync(() -> read(question, since), reader);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private Story read(Question question, Duration since) {
    long until = clock.millis() + PATIENCE.toMillis();
    try {
      Story story =
          Records.story(
              pages,
              question,
              clock.instant().minus(since),
              () -> reader.isShutdown() || late(until));
      if (late(until)) {
        throw new IOException(
            "not read within %d s: ask for less with since_s".formatted(PATIENCE.toSeconds()));
      }
      return story;
    } catch (BusException | IOException e) {
      throw new CompletionException(e);
    }
  }

  private boolean late(long until) {
    return clock.millis() >= until;
  }

  @Override
  public void close() {
    reader.shutdownNow();
  }
}
