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
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

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

  private static final int IDLE_SECONDS = 60;

  private final RecordPages pages;
  private final InstantSource clock;
  private final Scheduler reader =
      Schedulers.newBoundedElastic(1, WAITING, "blkwarden-stories", IDLE_SECONDS, true);

  StoryDesk(RecordPages pages, InstantSource clock) {
    this.pages = pages;
    this.clock = clock;
  }

  @Override
  public Mono<Story> tell(Question question, Duration since) {
    return Mono.fromCallable(() -> read(question, since)).subscribeOn(reader);
  }

  private Story read(Question question, Duration since) throws BusException, IOException {
    long until = clock.millis() + PATIENCE.toMillis();
    Story story =
        Records.story(
            pages,
            question,
            clock.instant().minus(since),
            () -> reader.isDisposed() || late(until));
    if (late(until)) {
      throw new IOException(
          "not read within %d s: ask for less with since_s".formatted(PATIENCE.toSeconds()));
    }
    return story;
  }

  private boolean late(long until) {
    return clock.millis() >= until;
  }

  @Override
  public void close() {
    reader.dispose();
  }
}
