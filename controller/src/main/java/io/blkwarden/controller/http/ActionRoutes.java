package io.blkwarden.controller.http;

import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorRequest;
import io.blkwarden.model.message.OperatorRequest.AckAdd;
import io.blkwarden.model.message.OperatorRequest.AckUndo;
import io.blkwarden.model.message.OperatorRequest.Approve;
import io.blkwarden.model.message.OperatorRequest.Ask;
import io.blkwarden.model.message.OperatorRequest.Deny;
import io.blkwarden.model.message.OperatorRequest.Release;
import io.blkwarden.model.message.OperatorRequest.ReleaseAll;
import io.blkwarden.model.message.OperatorRequest.SilenceAdd;
import io.blkwarden.model.message.OperatorRequest.SilenceExpire;
import io.blkwarden.model.message.Silence;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * HTTP actions, authorized by a bearer token: {@code POST /api/v1/proposals/<id>/approve}, {@code
 * .../deny}, {@code /api/v1/release}, {@code /api/v1/release-all}, {@code /api/v1/acks}, {@code
 * /api/v1/acks/undo}, {@code /api/v1/silences} and {@code /api/v1/silences/<id>/expire}.
 *
 * <p>The body may hold {@code {"by":"ana","reason":"seen"}}. Without a configured token, actions
 * are disabled. An address may send {@link #LIMIT} requests per {@link #WINDOW_MILLIS}, authorized
 * or not.
 */
final class ActionRoutes {
  static final int LIMIT = 20;
  static final long WINDOW_MILLIS = 10_000;

  private static final String BEARER = "bearer ";
  private static final int BODY_MAX = 4_096;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final @Nullable Predicate<String> token;
  private final Function<OperatorRequest, Mono<OperatorReply>> controller;
  private final RateLimit limit;

  ActionRoutes(Approvals approvals) {
    this.token = approvals.token();
    this.controller = approvals.controller();
    this.limit = new RateLimit(LIMIT, WINDOW_MILLIS, InstantSource.system());
  }

  /** Parses an HTTP request and its body. */
  private interface RequestParser {
    /** Throws {@link IllegalArgumentException} if they are invalid. */
    Ask of(HttpServerRequest request, JsonNode body);
  }

  /** Adds the routes. */
  void add(HttpServerRoutes routes, RequestCheck check) {
    Map<String, RequestParser> actions =
        Map.of(
            "proposals/{id}/approve", (http, _) -> new Approve(id(http)),
            "proposals/{id}/deny", (http, _) -> new Deny(id(http)),
            "release", (_, body) -> release(body),
            "release-all", (_, _) -> new ReleaseAll(),
            "acks", (_, body) -> new AckAdd(new MessageId(text(body, "about"))),
            "acks/undo", (_, body) -> new AckUndo(new MessageId(text(body, "about"))),
            "silences", (_, body) -> silence(body),
            "silences/{id}/expire", (http, _) -> new SilenceExpire(id(http)));
    actions.forEach((path, parser) ->
        routes.post(
            "/api/v1/" + path,
            check.check((request, response) -> handle(request, response, parser))));
  }

  /** Releases one disk: {@code {"host":"dom0-7","domain":"vm176","disk":"xvda2"}}. */
  private static Ask release(JsonNode body) {
    return new Release(new HostId(text(body, "host")), text(body, "domain"), text(body, "disk"));
  }

  /** Silences alerts: {@code {"match":{"host":"dom0-7","policy":"swap*"},"for_s":3600}}. */
  private static Ask silence(JsonNode body) {
    JsonNode match = body.path("match");
    return new SilenceAdd(
        new Silence.Matcher(
            pattern(match, "host"),
            pattern(match, "policy"),
            pattern(match, "domain"),
            pattern(match, "severity"),
            pattern(match, "role")),
        Duration.ofSeconds(body.path("for_s").asLong(0)).toMillis());
  }

  private static @Nullable String pattern(JsonNode match, String key) {
    String value = match.path(key).asString("");
    return value.isEmpty() ? null : value;
  }

  private static MessageId id(HttpServerRequest request) {
    return new MessageId(String.valueOf(request.param("id")));
  }

  private static String text(JsonNode body, String key) {
    String value = body.path(key).asString("");
    if (value.isEmpty()) {
      throw new IllegalArgumentException(key + ": missing in the body");
    }
    return value;
  }

  private Publisher<Void> handle(
      HttpServerRequest request, HttpServerResponse response, RequestParser parser) {
    Predicate<String> valid = token;
    if (valid == null) {
      return Api.text(
          response,
          HttpResponseStatus.FORBIDDEN,
          "HTTP actions are disabled (set --http-token-file)");
    }
    if (!limit.take(address(request))) {
      return Api.text(
          response,
          HttpResponseStatus.TOO_MANY_REQUESTS,
          "too many requests: at most %d in %d s per address"
              .formatted(LIMIT, WINDOW_MILLIS / 1_000));
    }
    String given = request.requestHeaders().get(HttpHeaderNames.AUTHORIZATION, "");
    if (!given.toLowerCase(Locale.ROOT).startsWith(BEARER)
        || !valid.test(given.substring(BEARER.length()).strip())) {
      return Api.text(
          response.header(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer"),
          HttpResponseStatus.UNAUTHORIZED,
          "expected the token of --http-token-file in 'Authorization: Bearer ...'");
    }
    if (request.requestHeaders().contains(HttpHeaderNames.TRANSFER_ENCODING)
        || contentLength(request) > BODY_MAX) {
      return Api.text(
          response,
          HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
          "expected Content-Length, at most %d bytes".formatted(BODY_MAX));
    }
    return request
        .receive()
        .aggregate()
        .asByteArray()
        .defaultIfEmpty(new byte[0])
        .flatMap(body -> answer(request, response, body, parser));
  }

  /** The client's address; loopback if unknown. */
  static InetAddress address(HttpServerRequest request) {
    InetSocketAddress remote = request.remoteAddress();
    return remote == null ? InetAddress.getLoopbackAddress() : remote.getAddress();
  }

  private static long contentLength(HttpServerRequest request) {
    String text = request.requestHeaders().get(HttpHeaderNames.CONTENT_LENGTH, "0");
    return text.matches("\\d{1,9}") ? Long.parseLong(text) : Long.MAX_VALUE;
  }

  private Mono<Void> answer(
      HttpServerRequest request, HttpServerResponse response, byte[] body, RequestParser parser) {
    OperatorRequest operatorRequest;
    try {
      JsonNode json = body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body);
      operatorRequest =
          new OperatorRequest(
              "http: " + json.path("by").asString("token holder"),
              json.path("reason").asString("by hand"),
              parser.of(request, json));
    } catch (JacksonException | IllegalArgumentException e) {
      return Api.text(response, HttpResponseStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
    return controller
        .apply(operatorRequest)
        .flatMap(reply ->
            Api.send(
                response.status(status(reply.verdict())),
                "application/json",
                new String(ControlJson.encode(reply), StandardCharsets.UTF_8)));
  }

  private static HttpResponseStatus status(OperatorReply.Verdict verdict) {
    return switch (verdict) {
      case DONE -> HttpResponseStatus.OK;
      case REFUSED -> HttpResponseStatus.CONFLICT;
      case FAILED -> HttpResponseStatus.NOT_FOUND;
    };
  }
}
