package io.blkwarden.controller.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** The static files of the dashboard, all from the jar. */
final class Assets {
  private static final String JS = "text/javascript; charset=utf-8";
  private static final String CSS = "text/css; charset=utf-8";

  /** Files in {@code web}, served below {@code /assets}. */
  private static final List<String> OWN =
      List.of(
          """
          acts.js alert.js alerts.js app.css app.js chart.js fleet.js host.js icon.svg live.js
          policies.js range.js search.js table.js terms.js text.js throttles.js timeline.js\
          """
              .split("\\s"));

  /** Files in {@code web/npm}, also served below {@code /assets}. */
  private static final List<String> COPIED = List.of("preact.js", "uplot.js", "uplot.css");

  private record Asset(ByteBuf bytes, String type, String tag) {}

  private final Map<String, Asset> assets = new HashMap<>();

  Assets() {
    assets.put("/", read("web/index.html"));
    OWN.forEach(name -> assets.put("/assets/" + name, read("web/" + name)));
    COPIED.forEach(name -> assets.put("/assets/" + name, read("web/npm/" + name)));
  }

  private static Asset read(String name) {
    try (InputStream in = Assets.class.getClassLoader().getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + ": missing from the controller's jars");
      }
      byte[] bytes = in.readAllBytes();
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return new Asset(
          Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(bytes).asReadOnly()),
          type(name),
          '"' + HexFormat.of().formatHex(digest, 0, 12) + '"');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String type(String name) {
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "js" -> JS;
      case "css" -> CSS;
      case "svg" -> "image/svg+xml";
      default -> "text/html; charset=utf-8";
    };
  }

  /** Serves a file; browsers revalidate it each time. */
  Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
    Asset asset = assets.get(path(request.uri()));
    if (asset == null) {
      return Api.text(response, HttpResponseStatus.NOT_FOUND, "not found; the dashboard is at /");
    }
    response
        .header(HttpHeaderNames.ETAG, asset.tag())
        .header(HttpHeaderNames.CACHE_CONTROL, "no-cache");
    if (asset.tag().equals(request.requestHeaders().get(HttpHeaderNames.IF_NONE_MATCH))) {
      return response.status(HttpResponseStatus.NOT_MODIFIED).send();
    }
    return response
        .header(HttpHeaderNames.CONTENT_TYPE, asset.type())
        .header(HttpHeaderNames.CONTENT_LENGTH, String.valueOf(asset.bytes().readableBytes()))
        .send(Mono.fromSupplier(asset.bytes()::duplicate));
  }

  private static String path(String uri) {
    int query = uri.indexOf('?');
    return query < 0 ? uri : uri.substring(0, query);
  }
}
