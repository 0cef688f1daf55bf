package io.blkwarden.controller.http;

import io.blkwarden.controller.audit.AuditQuery;
import io.blkwarden.controller.audit.AuditTrail;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** Reads audit trails for HTTP. */
public interface AuditSource {
  /**
   * Reads an audit trail.
   *
   * @param query its subject
   * @param since how far back
   * @return the trail, which may be empty; {@link java.io.IOException} if it cannot be read, {@link
   *     java.util.concurrent.RejectedExecutionException} if there are too many requests
   */
  Mono<AuditTrail> find(AuditQuery query, Duration since);
}
