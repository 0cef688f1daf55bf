package io.blkwarden.controller.notify;

import io.blkwarden.controller.notify.settings.Secret;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.http.client.HttpClient;

/** Posts JSON to one URL; follows no redirects and reads only the status of the response. */
final class HttpPoster {
  private static final int GOOD = 2;

  private final HttpClient client;
  private final URI url;
  private final @Nullable Secret token;
  private final Duration timeout;
  private final Scheduler scheduler;

  HttpPoster(
      HttpClient client, URI url, @Nullable Secret token, Duration timeout, Scheduler scheduler) {
    this.client = client;
    this.url = url;
    this.token = token;
    this.timeout = timeout;
    this.scheduler = scheduler;
  }

  URI url() {
    return url;
  }

  /** Posts; completes on the scheduler for a 2xx status, and fails otherwise. */
  Mono<Void> post(byte[] json) {
    return client
        .headers(headers -> {
          headers.set(HttpHeaderNames.CONTENT_TYPE, "application/json");
          Secret secret = token;
          if (secret != null) {
            headers.set(HttpHeaderNames.AUTHORIZATION, "Bearer " + secret.reveal());
          }
        })
        .post()
        .uri(url)
        .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(json)))
        .response()
        .timeout(timeout, scheduler)
        .publishOn(scheduler)
        .flatMap(response ->
            response.status().code() / 100 == GOOD
                ? Mono.<Void>empty()
                : Mono.error(new IOException("response " + response.status())));
  }
}
