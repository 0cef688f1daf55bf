package io.blkwarden.agent.nats;

import io.blkwarden.agent.bus.Link;
import io.nats.client.Connection;
import io.nats.client.Nats;
import java.io.IOException;
import java.time.Duration;
import java.util.random.RandomGenerator;
import reactor.core.publisher.BufferOverflowStrategy;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** The connection of the NATS client, which reconnects; a new one replaces it when it is closed. */
public final class NatsLink implements Link {
  /** Maximum number of queued events; then the oldest is dropped, because the last state counts. */
  private static final int MAX_EVENTS = 1024;

  private final NatsSettings settings;
  private final RandomGenerator random;
  private final NatsOptions options = new NatsOptions();

  /**
   * Creates an unconnected link.
   *
   * @param random for the delays between attempts
   */
  public NatsLink(NatsSettings settings, RandomGenerator random) {
    this.settings = settings;
    this.random = random;
  }

  @Override
  public Flux<Link.Event> events(Scheduler scheduler) {
    return Flux.<Link.Event>create(sink -> options.execute(() -> connect(sink, scheduler)))
        .onBackpressureBuffer(MAX_EVENTS, _ -> {}, BufferOverflowStrategy.DROP_OLDEST)
        .publishOn(scheduler, 1)
        .repeatWhen(ends -> ends.concatMap(_ -> Mono.delay(delay(), scheduler)));
  }

  /** Random, so that thousands of agents do not reconnect at once. */
  private Duration delay() {
    return Duration.ofMillis(1 + random.nextLong(settings.reconnectSpread().toMillis()));
  }

  private void connect(FluxSink<Link.Event> sink, Scheduler scheduler) {
    NatsNotices notices = new NatsNotices(sink, scheduler);
    try {
      Connection made = Nats.connect(options.of(settings, notices, notices, random));
      sink.onDispose(() -> close(made));
    } catch (IOException | RuntimeException e) {
      sink.next(new Link.Event.Fault("cannot connect: " + e.getMessage()));
      sink.complete();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      sink.complete();
    }
  }

  private static void close(Connection connection) {
    try {
      connection.close(); // idempotent
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    options.close();
  }
}
