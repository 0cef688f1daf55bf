package io.blkwarden.controller.http;

import io.blkwarden.controller.audit.AuditQuery;
import io.blkwarden.controller.audit.AuditTrailJson;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * What {@code blkwarden why --json} prints: {@code GET /api/v1/why?about=vm176&since_s=3600}.
 *
 * <p>An empty story when nothing was said about it, 429 when too many ask at once, 503 when NATS
 * cannot be read.
 */
final class AuditRoutes {
  private static final long DAY_S = 86_400;
  private static final long MOST_S = 31 * DAY_S;

  private final AuditSource stories;

  AuditRoutes(AuditSource stories) {
    this.stories = stories;
  }

  private record Asked(AuditQuery query, Duration since) {}

  Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
    Asked asked;
    try {
      asked = read(new QueryStringDecoder(request.uri()));
    } catch (IllegalArgumentException e) {
      return Api.text(response, HttpResponseStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
    return stories
        .find(asked.query(), asked.since())
        .flatMap(trail -> {
          String about = asked.query().about();
          return Mono.from(
              Api.send(response, "application/json", AuditTrailJson.of(about, trail) + "\n"));
        })
        .onErrorResume(fault -> Mono.from(Api.text(response, status(fault), text(fault))));
  }

  private static Asked read(QueryStringDecoder query) {
    String about = one(query, "about", "");
    String since = one(query, "since_s", String.valueOf(DAY_S));
    if (!since.matches("[1-9]\\d{0,8}") || Long.parseLong(since) > MOST_S) {
      throw new IllegalArgumentException(
          "since_s: expected 1 to %d seconds, found '%s'".formatted(MOST_S, since));
    }
    return new Asked(new AuditQuery(about), Duration.ofSeconds(Long.parseLong(since)));
  }

  private static String one(QueryStringDecoder query, String key, String otherwise) {
    List<String> given = query.parameters().getOrDefault(key, List.of(otherwise));
    if (given.size() > 1) {
      throw new IllegalArgumentException(
          "%s: expected once, found %d times".formatted(key, given.size()));
    }
    return given.getFirst();
  }

  private static HttpResponseStatus status(Throwable fault) {
    return fault instanceof RejectedExecutionException
        ? HttpResponseStatus.TOO_MANY_REQUESTS
        : HttpResponseStatus.SERVICE_UNAVAILABLE;
  }

  private static String text(Throwable fault) {
    return fault instanceof RejectedExecutionException
        ? "too many ask at once: ask again in some seconds"
        : String.valueOf(fault.getMessage());
  }
}
