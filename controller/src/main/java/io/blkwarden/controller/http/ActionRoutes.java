package io.blkwarden.controller.http;

import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Lets whoever has the token act by {@code POST}: approve and deny proposals at {@code
 * /api/v1/proposals/<id>/approve} or {@code /deny}, and put priorities back at {@code
 * /api/v1/release}, with {@code {"by":"ana","reason":"seen"}} or nothing in its body.
 *
 * <p>Without a token nobody may. At most {@link #LIMIT} requests of an address in {@link
 * #WINDOW_MILLIS} are looked at, right or wrong.
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

  /**
   * A door.
   *
   * @param token says whether a token is right; absent when there is none
   * @param controller answers requests
   */
  ActionRoutes(
      @Nullable Predicate<String> token,
      Function<OperatorRequest, Mono<OperatorReply>> controller,
      InstantSource clock) {
    this.token = token;
    this.controller = controller;
    this.limit = new RateLimit(LIMIT, WINDOW_MILLIS, clock);
  }

  /** Makes what is asked of a request and its body. */
  interface RequestParser {
    /** Throws {@link IllegalArgumentException} when they do not say it. */
    OperatorRequest.Ask of(HttpServerRequest request, JsonNode body);
  }

  Publisher<Void> approve(HttpServerRequest request, HttpServerResponse response) {
    return handle(request, response, (asked, _) -> new OperatorRequest.Approve(proposal(asked)));
  }

  Publisher<Void> deny(HttpServerRequest request, HttpServerResponse response) {
    return handle(request, response, (asked, _) -> new OperatorRequest.Deny(proposal(asked)));
  }

  /** One disk: {@code {"host":"dom0-7","domain":"vm176","disk":"xvda2"}}. */
  Publisher<Void> release(HttpServerRequest request, HttpServerResponse response) {
    return handle(
        request,
        response,
        (_, body) ->
            new OperatorRequest.Release(
                new HostId(text(body, "host")), text(body, "domain"), text(body, "disk")));
  }

  Publisher<Void> releaseAll(HttpServerRequest request, HttpServerResponse response) {
    return handle(request, response, (_, _) -> new OperatorRequest.ReleaseAll());
  }

  private static MessageId proposal(HttpServerRequest request) {
    return new MessageId(String.valueOf(request.param("id")));
  }

  private static String text(JsonNode body, String key) {
    String value = body.path(key).asString("");
    if (value.isEmpty()) {
      throw new IllegalArgumentException(key + ": expected a text in the body, found none");
    }
    return value;
  }

  private Publisher<Void> handle(
      HttpServerRequest request, HttpServerResponse response, RequestParser asks) {
    Predicate<String> right = token;
    if (right == null) {
      return Api.text(
          response,
          HttpResponseStatus.FORBIDDEN,
          "this controller was started without --http-token-file: nobody acts over HTTP");
    }
    if (!limit.take(from(request))) {
      return Api.text(
          response,
          HttpResponseStatus.TOO_MANY_REQUESTS,
          "more than %d requests in %d s from your address"
              .formatted(LIMIT, WINDOW_MILLIS / 1_000));
    }
    String given = request.requestHeaders().get(HttpHeaderNames.AUTHORIZATION, "");
    if (!given.toLowerCase(Locale.ROOT).startsWith(BEARER)
        || !right.test(given.substring(BEARER.length()).strip())) {
      return Api.text(
          response.header(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer"),
          HttpResponseStatus.UNAUTHORIZED,
          "expected the token of --http-token-file as 'Authorization: Bearer ...'");
    }
    if (request.requestHeaders().contains(HttpHeaderNames.TRANSFER_ENCODING)
        || length(request) > BODY_MAX) {
      return Api.text(
          response,
          HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
          "expected a body of known length, at most %d bytes".formatted(BODY_MAX));
    }
    return request
        .receive()
        .aggregate()
        .asByteArray()
        .defaultIfEmpty(new byte[0])
        .flatMap(body -> Mono.from(answer(request, response, body, asks)));
  }

  /** Requests without an address, of which none is known, share one. */
  private static InetAddress from(HttpServerRequest request) {
    InetSocketAddress remote = request.remoteAddress();
    return remote == null ? InetAddress.getLoopbackAddress() : remote.getAddress();
  }

  private static long length(HttpServerRequest request) {
    String text = request.requestHeaders().get(HttpHeaderNames.CONTENT_LENGTH, "0");
    return text.matches("\\d{1,9}") ? Long.parseLong(text) : Long.MAX_VALUE;
  }

  private Publisher<Void> answer(
      HttpServerRequest request, HttpServerResponse response, byte[] body, RequestParser asks) {
    OperatorRequest asked;
    try {
      JsonNode said = body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body);
      asked =
          new OperatorRequest(
              "http: " + said.path("by").asString("whoever has the token"),
              said.path("reason").asString("by hand"),
              asks.of(request, said));
    } catch (JacksonException | IllegalArgumentException e) {
      return Api.text(response, HttpResponseStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
    return controller
        .apply(asked)
        .flatMap(reply ->
            Mono.from(
                response
                    .status(status(reply.verdict()))
                    .header(HttpHeaderNames.CONTENT_TYPE, "application/json")
                    .sendByteArray(Mono.just(ControlJson.encode(reply)))));
  }

  private static HttpResponseStatus status(OperatorReply.Verdict verdict) {
    return switch (verdict) {
      case DONE -> HttpResponseStatus.OK;
      case REFUSED -> HttpResponseStatus.CONFLICT;
      case FAILED -> HttpResponseStatus.NOT_FOUND;
    };
  }
}
