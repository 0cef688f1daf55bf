package io.blkwarden.controller.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** Writes HTTP responses. */
final class Api {
  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private Api() {}

  /** The values of a query parameter. */
  static List<String> parameters(HttpServerRequest request, String key) {
    return new QueryStringDecoder(request.uri()).parameters().getOrDefault(key, List.of());
  }

  static String json(Object value) {
    return JSON.writeValueAsString(value);
  }

  static Mono<Void> ok(HttpServerResponse response, Object value) {
    return send(response, "application/json", json(value));
  }

  static Mono<Void> text(HttpServerResponse response, HttpResponseStatus status, String message) {
    return send(response.status(status), "text/plain; charset=utf-8", message + "\n");
  }

  static Mono<Void> send(HttpServerResponse response, String type, String text) {
    return response
        .header(HttpHeaderNames.CONTENT_TYPE, type)
        .header(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .sendByteArray(Mono.just(text.getBytes(StandardCharsets.UTF_8)))
        .then();
  }
}
