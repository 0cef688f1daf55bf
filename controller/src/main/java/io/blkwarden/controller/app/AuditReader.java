package io.blkwarden.controller.app;

import io.blkwarden.controller.audit.AuditQuery;
import io.blkwarden.controller.audit.AuditTrail;
import io.blkwarden.controller.http.AuditSource;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.RecordPages;
import io.blkwarden.controller.nats.Records;
import io.blkwarden.controller.nats.WaitingThreads;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Reads the audit trail for HTTP, one request at a time, on a thread of its own, so that a long one
 * delays nothing else.
 *
 * <p>{@link #WAITING} may wait; further ones are refused. A story that takes over {@link #PATIENCE}
 * is given up.
 */
final class AuditReader implements AuditSource, AutoCloseable {
  static final int WAITING = 4;
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private final RecordPages pages;
  private final InstantSource clock;
  private final Scheduler reader = WaitingThreads.some("blkwarden-stories", 1, 2 * WAITING);
  private final AtomicInteger asked = new AtomicInteger();

  AuditReader(RecordPages pages, InstantSource clock) {
    this.pages = pages;
    this.clock = clock;
  }

  @Override
  public Mono<AuditTrail> find(AuditQuery query, Duration since) {
    return Mono.defer(() -> {
      if (asked.incrementAndGet() > 1 + WAITING) {
        asked.decrementAndGet();
        return Mono.error(
            new RejectedExecutionException("%d requests wait already".formatted(WAITING)));
      }
      return Mono.fromCallable(() -> read(query, since))
          .subscribeOn(reader)
          .doFinally(_ -> asked.decrementAndGet());
    });
  }

  private AuditTrail read(AuditQuery query, Duration since) throws NatsException, IOException {
    long until = clock.millis() + PATIENCE.toMillis();
    AuditTrail trail =
        Records.story(
            pages, query, clock.instant().minus(since), () -> reader.isDisposed() || late(until));
    if (late(until)) {
      throw new IOException(
          "not read within %d s: ask for less with since_s".formatted(PATIENCE.toSeconds()));
    }
    return trail;
  }

  private boolean late(long until) {
    return clock.millis() >= until;
  }

  @Override
  public void close() {
    reader.dispose();
  }
}
