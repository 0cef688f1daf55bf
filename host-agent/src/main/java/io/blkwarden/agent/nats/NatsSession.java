package io.blkwarden.agent.nats;

import io.blkwarden.agent.bus.Session;
import io.blkwarden.commandline.nats.JetStreamFault;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** An established connection of the NATS client, with {@link Flux} and {@link Mono} methods. */
record NatsSession(Connection connection, Scheduler scheduler) implements Session {
  private static final Logger LOG = LoggerFactory.getLogger(NatsSession.class);

  @Override
  public Flux<Session.Delivery> subscribe(String subject) {
    return Flux.create(
        sink -> {
          Dispatcher dispatcher = connection.createDispatcher(message -> deliver(sink, message));
          sink.onDispose(() -> unsubscribe(dispatcher));
          dispatcher.subscribe(subject);
        },
        FluxSink.OverflowStrategy.DROP);
  }

  private static void deliver(FluxSink<Session.Delivery> sink, Message message) {
    sink.next(new Session.Delivery(message.getReplyTo(), message.getData()));
  }

  private void unsubscribe(Dispatcher dispatcher) {
    try {
      connection.closeDispatcher(dispatcher);
    } catch (IllegalStateException | IllegalArgumentException e) {
      LOG.debug("already closed: {}", e.getMessage());
    }
  }

  @Override
  public Mono<Void> publish(String subject, byte[] payload) {
    return Mono.<Void>fromRunnable(() -> connection.publish(subject, payload))
        .onErrorMap(
            IllegalStateException.class, // just disconnected; the event follows
            e -> new IllegalStateException("not connected: " + e.getMessage(), e));
  }

  @Override
  public Mono<Void> flush(Duration within) {
    return Mono.<Void>fromCallable(
            () -> {
              connection.flush(within);
              return null;
            })
        .onErrorMap(TimeoutException.class, e -> new IOException("the server does not answer", e));
  }

  @Override
  public Mono<Void> store(String subject, Optional<String> id, byte[] payload) {
    Headers headers = id.map(known -> new Headers().put("Nats-Msg-Id", known)).orElse(null);
    return Mono.fromCallable(connection::jetStream)
        .flatMap(stream -> Mono.fromFuture(stream.publishAsync(subject, headers, payload)))
        .publishOn(scheduler) // from a thread of the client
        .onErrorMap(failure -> new IOException(describe(failure), failure))
        .then();
  }

  /** Cause and remedy of a publish that JetStream did not store. */
  private String describe(Throwable failure) {
    return connection.getStatus() == Connection.Status.CONNECTED
        ? JetStreamFault.of(failure, connection.getServerInfo()).text()
        : "not connected to NATS";
  }

  @Override
  public long maxPayload() {
    return connection.getMaxPayload();
  }
}
