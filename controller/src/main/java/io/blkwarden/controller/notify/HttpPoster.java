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
record HttpPoster(
    HttpClient client, URI url, @Nullable Secret token, long timeoutMillis, Scheduler scheduler) {
  private static final int GOOD = 2;

  /** Posts; completes on the scheduler for a 2xx status, and fails otherwise. */
  Mono<Void> post(byte[] json) {
    return client
        .headers(headers -> {
          headers.set(HttpHeaderNames.CONTENT_TYPE, "application/json");
          if (token != null) {
            headers.set(HttpHeaderNames.AUTHORIZATION, "Bearer " + token.text());
          }
        })
        .post()
        .uri(url)
        .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(json)))
        .response()
        .timeout(Duration.ofMillis(timeoutMillis), scheduler)
        .publishOn(scheduler)
        .flatMap(response ->
            response.status().code() / 100 == GOOD
                ? Mono.<Void>empty()
                : Mono.error(new IOException("response " + response.status())));
  }
}
