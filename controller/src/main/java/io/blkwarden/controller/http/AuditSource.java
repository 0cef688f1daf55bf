package io.blkwarden.controller.http;

import io.blkwarden.controller.audit.AuditQuery;
import io.blkwarden.controller.audit.AuditTrail;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** Tells stories to those who ask over HTTP. */
public interface AuditSource {
  /**
   * Tells one, some time.
   *
   * @param query what about
   * @param since how far back
   * @return the story, empty when nothing was said; or {@link java.io.IOException} with what
   *     hinders, or {@link java.util.concurrent.RejectedExecutionException} when too many ask
   */
  Mono<AuditTrail> find(AuditQuery query, Duration since);
}
