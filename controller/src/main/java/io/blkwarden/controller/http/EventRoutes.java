package io.blkwarden.controller.http;

import io.blkwarden.controller.history.FleetHistory;
import io.blkwarden.model.HostId;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * {@code GET /api/v1/events}: changes as server-sent events (HTML Living Standard, 9.2).
 *
 * <p>Each event holds the whole topic, so a reconnecting client misses nothing. Slow clients get
 * fewer events. At most {@link FleetHistory#VIEWERS_MAX} streams.
 *
 * @param topics the topics of every stream; accessed only on the scheduler
 * @param scheduler renders events; single-threaded
 */
record EventRoutes(
    FleetHistory history, List<Topic> topics, ChangeSignal changes, Scheduler scheduler) {
  private static final String RETRY = "retry: 2000\n\n";

  Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
    List<String> given = Api.parameters(request, "host");
    HostId host = given.isEmpty() ? null : new HostId(given.getFirst());
    return Flux.defer(() -> {
      if (!history.enter(host)) {
        return Api.text(
            response,
            HttpResponseStatus.SERVICE_UNAVAILABLE,
            "%d event streams are open; close another page".formatted(FleetHistory.VIEWERS_MAX));
      }
      return Flux.from(stream(topics(host), response)).doFinally(_ -> history.leave(host));
    });
  }

  private Publisher<Void> stream(List<Topic> followed, HttpServerResponse response) {
    Map<Topic, Long> sent = new HashMap<>();
    Flux<String> events =
        Flux.concat(Flux.just(true), changes.signals())
            .publishOn(scheduler, 1)
            .map(_ -> changed(followed, sent))
            .startWith(RETRY);
    return response
        .sse()
        .header(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .send(ByteBufFlux.fromString(events, StandardCharsets.UTF_8, response.alloc()), _ -> true);
  }

  private List<Topic> topics(@Nullable HostId host) {
    if (host == null) {
      return topics;
    }
    List<Topic> all = new ArrayList<>(topics);
    all.add(
        new Topic(
            "host",
            history::revision,
            () -> history.host(host).<Object>map(page -> page).orElse(Map.of())));
    return all;
  }

  /** The topics that changed since they were last sent; a beat event if none did. */
  private static String changed(List<Topic> topics, Map<Topic, Long> sent) {
    StringBuilder events = new StringBuilder();
    for (Topic topic : topics) {
      long revision = topic.revision();
      if (!Long.valueOf(revision).equals(sent.put(topic, revision))) {
        events.append(topic.event());
      }
    }
    return events.isEmpty() ? "event: beat\ndata: 0\n\n" : events.toString();
  }

  /**
   * A topic of event streams, sent as a whole whenever it changes.
   *
   * <p>Rendered once for all streams; not thread-safe.
   */
  static final class Topic {
    private final String name;
    private final LongSupplier revision;
    private final Supplier<Object> value;
    private long rendered = -1;
    private String text = "";

    /**
     * A topic.
     *
     * @param name the event name
     * @param revision changes with the value
     */
    Topic(String name, LongSupplier revision, Supplier<Object> value) {
      this.name = name;
      this.revision = revision;
      this.value = value;
    }

    long revision() {
      return revision.getAsLong();
    }

    /** The value as a server-sent event; JSON has no line breaks. */
    String event() {
      long now = revision.getAsLong();
      if (now != rendered) {
        text = "event: %s\ndata: %s\n\n".formatted(name, Api.json(value.get()));
        rendered = now;
      }
      return text;
    }
  }
}
