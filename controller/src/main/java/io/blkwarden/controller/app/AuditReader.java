package io.blkwarden.controller.app;

import io.blkwarden.controller.audit.AuditQuery;
import io.blkwarden.controller.audit.AuditTrail;
import io.blkwarden.controller.http.AuditSource;
import io.blkwarden.controller.nats.BlockingSchedulers;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.RecordPages;
import io.blkwarden.controller.nats.Records;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Reads the audit trail for HTTP, one request at a time, on a thread of its own.
 *
 * <p>{@link #WAITING_MAX} requests may wait; further ones are refused. A request that takes longer
 * than {@link #TIMEOUT} fails.
 */
final class AuditReader implements AuditSource, AutoCloseable {
  static final int WAITING_MAX = 4;
  static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final RecordPages pages;
  private final InstantSource clock;
  private final Scheduler reader = BlockingSchedulers.pool("blkwarden-audit", 1, WAITING_MAX);

  AuditReader(RecordPages pages, InstantSource clock) {
    this.pages = pages;
    this.clock = clock;
  }

  @Override
  public Mono<AuditTrail> find(AuditQuery query, Duration since) {
    return Mono.fromCallable(() -> read(query, since)).subscribeOn(reader);
  }

  private AuditTrail read(AuditQuery query, Duration since) throws NatsException, IOException {
    long until = clock.millis() + TIMEOUT.toMillis();
    AuditTrail trail =
        Records.auditTrail(
            pages,
            query,
            clock.instant().minus(since),
            () -> reader.isDisposed() || isExpired(until));
    if (isExpired(until)) {
      throw new IOException(
          "not read within %d s: request a shorter time with since_s"
              .formatted(TIMEOUT.toSeconds()));
    }
    return trail;
  }

  private boolean isExpired(long until) {
    return clock.millis() >= until;
  }

  @Override
  public void close() {
    reader.dispose();
  }
}
