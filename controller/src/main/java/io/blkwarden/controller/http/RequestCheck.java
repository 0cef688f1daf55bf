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
 * What every request passes: it must name this server, and not come from a page of another.
 *
 * <p>A page elsewhere may point a name of its own at this address (DNS rebinding), and the browser
 * takes both for one site; so a name that is not known is turned away. Addresses cannot be pointed
 * elsewhere. Answers carry a policy under which a page runs and loads nothing that is not from here
 * (Content Security Policy Level 3).
 */
final class RequestCheck {
  static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final Set<String> names;

  /**
   * An entrance.
   *
   * @param names this server's names, in lower case, besides {@code localhost} and addresses
   */
  RequestCheck(Set<String> names) {
    this.names = Set.copyOf(names);
  }

  BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> to(
      BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> door) {
    return to(door, false);
  }

  /** For health checks, some of which send HTTP/1.0 without a Host; no browser does. */
  BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> toProbes(
      BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> door) {
    return to(door, true);
  }

  private BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> to(
      BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> door, boolean nameless) {
    return (request, response) -> {
      response
          .header("X-Content-Type-Options", "nosniff")
          .header("Content-Security-Policy", POLICY)
          .header("Referrer-Policy", "no-referrer")
          .header("Cross-Origin-Resource-Policy", "same-origin");
      boolean named = request.requestHeaders().contains(HttpHeaderNames.HOST);
      String host = request.requestHeaders().get(HttpHeaderNames.HOST, "");
      if (!known(name(host)) && (named || !nameless)) {
        return Api.text(
            response,
            HttpResponseStatus.MISDIRECTED_REQUEST,
            "this controller does not go by the name in Host: start it with --http-name NAME");
      }
      String origin = request.requestHeaders().get(HttpHeaderNames.ORIGIN);
      if (origin != null && !sameSite(origin, host)) {
        return Api.text(
            response, HttpResponseStatus.FORBIDDEN, "a page of another site asks: refused");
      }
      return door.apply(request, response);
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

  /** The name in a Host header, without port and brackets. */
  private static String name(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    if (lower.startsWith("[") && lower.contains("]")) {
      return lower.substring(1, lower.indexOf(']'));
    }
    int port = lower.indexOf(':');
    return port < 0 ? lower : lower.substring(0, port);
  }
}
