package io.blkwarden.agent.app;

import io.blkwarden.agent.bus.Link;
import io.blkwarden.agent.bus.Session;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.ControlMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** A fake connection that a test controls; it records published messages. */
final class FakeSession implements Session {
  /** A published message; stored ones with their attempt. */
  record Sent(String subject, List<Byte> payload) {
    static Sent of(String subject, byte[] payload) {
      List<Byte> bytes = new ArrayList<>();
      for (byte each : payload) {
        bytes.add(each);
      }
      return new Sent(subject, bytes);
    }

    byte[] bytes() {
      byte[] bytes = new byte[payload.size()];
      for (int n = 0; n < bytes.length; n++) {
        bytes[n] = payload.get(n);
      }
      return bytes;
    }
  }

  final List<Sent> published = new CopyOnWriteArrayList<>();
  final List<Sent> stored = new CopyOnWriteArrayList<>();
  Flux<Session.Delivery> commands = Flux.never();
  Supplier<Mono<Void>> publishing = Mono::empty;
  Supplier<Mono<Void>> flushing = Mono::empty;
  Supplier<Mono<Void>> storing = Mono::empty;

  /** A link controlled by the test. */
  static Link link(Flux<Link.Event> events) {
    return new Link() {
      @Override
      public Flux<Link.Event> events(Scheduler scheduler) {
        return events;
      }

      @Override
      public void close() {}
    };
  }

  <T extends ControlMessage> Stream<T> published(Class<T> type) {
    return decoded(published, type);
  }

  <T extends ControlMessage> Stream<T> stored(Class<T> type) {
    return decoded(stored, type);
  }

  private static <T extends ControlMessage> Stream<T> decoded(List<Sent> sent, Class<T> type) {
    return sent.stream()
        .map(message -> ControlJson.decode(type, message.bytes()))
        .flatMap(decoded ->
            decoded instanceof Decoded.Ok<T>(T value) ? Stream.of(value) : Stream.empty());
  }

  @Override
  public Flux<Session.Delivery> subscribe(String subject) {
    return commands;
  }

  @Override
  public Mono<Void> publish(String subject, byte[] payload) {
    return Mono.defer(publishing).doOnSuccess(_ -> published.add(Sent.of(subject, payload)));
  }

  @Override
  public Mono<Void> flush(Duration within) {
    return Mono.defer(flushing);
  }

  @Override
  public Mono<Void> store(String subject, Optional<String> id, byte[] payload) {
    return Mono.defer(() -> {
      stored.add(Sent.of(subject, payload));
      return storing.get();
    });
  }

  @Override
  public long maxPayload() {
    return ControlJson.MAX_BYTES;
  }
}
