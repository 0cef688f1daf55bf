package io.blkwarden.controller.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.NetUtil;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Checks the {@code Host} and {@code Origin} of each request, and sets security headers.
 *
 * <p>Unknown host names are rejected against DNS rebinding, foreign origins against cross-site
 * requests. Pages may only load content of this server (Content Security Policy Level 3).
 *
 * @param names accepted names, in lower case, besides {@code localhost} and addresses
 */
record RequestCheck(Set<String> names) {
  static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  /** Handles requests; throws {@link IllegalArgumentException} if one is invalid. */
  interface Handler extends BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> {}

  Handler check(Handler handler) {
    return check(handler, false);
  }

  /** For health checks, which may send HTTP/1.0 without {@code Host}; browsers do not. */
  Handler checkProbe(Handler handler) {
    return check(handler, true);
  }

  private Handler check(Handler handler, boolean hostOptional) {
    return (request, response) -> {
      response
          .header("X-Content-Type-Options", "nosniff")
          .header("Content-Security-Policy", POLICY)
          .header("Referrer-Policy", "no-referrer")
          .header("Cross-Origin-Resource-Policy", "same-origin");
      boolean named = request.requestHeaders().contains(HttpHeaderNames.HOST);
      String host = request.requestHeaders().get(HttpHeaderNames.HOST, "");
      if (!known(name(host)) && (named || !hostOptional)) {
        return Api.text(
            response,
            HttpResponseStatus.MISDIRECTED_REQUEST,
            "unknown host name in Host: start the controller with --http-name NAME");
      }
      String origin = request.requestHeaders().get(HttpHeaderNames.ORIGIN);
      if (origin != null && !sameSite(origin, host)) {
        return Api.text(response, HttpResponseStatus.FORBIDDEN, "cross-site request refused");
      }
      try {
        return handler.apply(request, response);
      } catch (IllegalArgumentException e) {
        return Api.text(response, HttpResponseStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
      }
    };
  }

  private static boolean sameSite(String origin, String host) {
    return origin.equalsIgnoreCase("http://" + host) || origin.equalsIgnoreCase("https://" + host);
  }

  private boolean known(String name) {
    return name.equals("localhost")
        || NetUtil.isValidIpV4Address(name)
        || NetUtil.isValidIpV6Address(name)
        || names.contains(name);
  }

  /** The name in a {@code Host} header, without port and brackets. */
  private static String name(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    if (lower.startsWith("[") && lower.contains("]")) {
      return lower.substring(1, lower.indexOf(']'));
    }
    int port = lower.indexOf(':');
    return port < 0 ? lower : lower.substring(0, port);
  }
}
