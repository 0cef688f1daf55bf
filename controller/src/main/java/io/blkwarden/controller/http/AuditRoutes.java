package io.blkwarden.controller.http;

import io.blkwarden.controller.audit.AuditQuery;
import io.blkwarden.controller.audit.AuditTrail;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * The output of {@code blkwarden why --json}: {@code GET /api/v1/why?about=vm176&since_s=3600}.
 *
 * <p>Empty if there are no records, 429 if there are too many requests, 503 if NATS cannot be read.
 *
 * @param audit reads the trail of a query, how far back; fails with a {@link
 *     RejectedExecutionException} if there are too many requests
 */
record AuditRoutes(BiFunction<AuditQuery, Duration, Mono<AuditTrail>> audit) {
  private static final long DAY_S = 86_400;
  private static final long MAX_S = 31 * DAY_S;

  Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
    AuditQuery query = new AuditQuery(one(request, "about", ""));
    String since = one(request, "since_s", String.valueOf(DAY_S));
    if (!since.matches("[1-9]\\d{0,8}") || Long.parseLong(since) > MAX_S) {
      throw new IllegalArgumentException(
          "since_s: expected 1 to %d seconds, found '%s'".formatted(MAX_S, since));
    }
    return audit
        .apply(query, Duration.ofSeconds(Long.parseLong(since)))
        .flatMap(trail -> Api.send(response, "application/json", trail.json(query.about()) + "\n"))
        .onErrorResume(
            RejectedExecutionException.class,
            _ ->
                Api.text(
                    response,
                    HttpResponseStatus.TOO_MANY_REQUESTS,
                    "too many requests; retry in a few seconds"))
        .onErrorResume(e ->
            Api.text(
                response, HttpResponseStatus.SERVICE_UNAVAILABLE, String.valueOf(e.getMessage())));
  }

  private static String one(HttpServerRequest request, String key, String fallback) {
    List<String> given = Api.parameters(request, key);
    if (given.size() > 1) {
      throw new IllegalArgumentException(
          "%s: expected once, found %d times".formatted(key, given.size()));
    }
    return given.isEmpty() ? fallback : given.getFirst();
  }
}
