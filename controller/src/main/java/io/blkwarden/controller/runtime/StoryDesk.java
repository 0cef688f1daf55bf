package io.blkwarden.controller.runtime;

import io.blkwarden.controller.bus.BusException;
import io.blkwarden.controller.bus.BusSettings;
import io.blkwarden.controller.bus.OperatorSession;
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
import java.util.random.RandomGenerator;

/**
 * Reads stories from NATS, one at a time, on a thread and a connection of its own, so that a long
 * one delays no command.
 *
 * <p>{@link #WAITING} may wait; further ones are refused. A story that takes over {@link #PATIENCE}
 * is given up.
 */
final class StoryDesk implements Stories, AutoCloseable {
  static final int WAITING = 4;
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private final BusSettings settings;
  private final InstantSource clock;
  private final RandomGenerator random;
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

  StoryDesk(BusSettings settings, InstantSource clock, RandomGenerator random) {
    this.settings = settings;
    this.clock = clock;
    this.random = random;
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
    try (OperatorSession session = OperatorSession.open(settings, random)) {
      Story story =
          session.story(
              question, clock.instant().minus(since), () -> reader.isShutdown() || late(until));
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
