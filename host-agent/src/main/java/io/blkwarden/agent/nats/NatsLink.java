package io.blkwarden.agent.nats;

import io.blkwarden.agent.bus.Link;
import io.blkwarden.commandline.nats.NatsFault;
import io.blkwarden.model.subject.HostToken;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Consumer;
import io.nats.client.ErrorListener;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
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

  /**
   * Connection timeout: the first TLS handshake of a JVM takes seconds on a slow dom0. {@code nats
   * init} configures the server to wait as long.
   */
  static final Duration CONNECT_WITHIN = Duration.ofSeconds(10);

  private final NatsSettings settings;
  private final RandomGenerator random;

  // unbounded, because the client deadlocks on a bounded one; shared by all connections, because
  // the client does not stop executors that it did not create
  private final ExecutorService executor = Executors.newCachedThreadPool(daemons("nats"));
  private final ScheduledExecutorService timer =
      Executors.newScheduledThreadPool(1, daemons("nats-timer"));

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
    return Flux.<Link.Event>create(sink -> executor.execute(() -> connect(sink, scheduler)))
        .onBackpressureBuffer(MAX_EVENTS, _ -> {}, BufferOverflowStrategy.DROP_OLDEST)
        .publishOn(scheduler, 1)
        .repeatWhen(ends -> ends.concatMap(_ -> Mono.delay(delay(), scheduler)));
  }

  /** Random, so that thousands of agents do not reconnect at once. */
  private Duration delay() {
    return Duration.ofMillis(1 + random.nextLong(settings.reconnectSpread().toMillis()));
  }

  private void connect(FluxSink<Link.Event> sink, Scheduler scheduler) {
    Notices notices = new Notices(sink, scheduler);
    try {
      Connection made = Nats.connect(options(notices));
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
    executor.shutdownNow();
    timer.shutdownNow();
  }

  private Options options(Notices notices) {
    Options.Builder builder =
        new Options.Builder()
            .servers(settings.servers().toArray(String[]::new))
            // the client does not escape it in its JSON
            .connectionName("blkwarden-agent " + HostToken.encode(settings.host()))
            .inboxPrefix("_INBOX." + HostToken.encode(settings.host()) + ".")
            // default: the client gives up after 60 attempts
            .maxReconnects(-1)
            // default: no delay before the first round, so all agents reconnect at once
            .reconnectDelayBehavior(Options.ReconnectDelayBehavior.BeforeAllRounds)
            .reconnectDelayHandler(_ -> delay())
            // default: sends stale samples after an outage
            .reconnectBufferSize(0)
            // default: a full queue blocks the sender for 2 s per message
            .discardMessagesWhenOutgoingQueueFull()
            // detects a frozen server after 30 s, not after 4 min
            .pingInterval(Duration.ofSeconds(10))
            .maxPingsOut(2)
            .connectionTimeout(CONNECT_WITHIN)
            .socketWriteTimeout(Duration.ofSeconds(10))
            .requestCleanupInterval(Duration.ofSeconds(1))
            .executor(executor)
            .scheduledExecutor(timer)
            .callbackThreadFactory(daemons("nats-callback"))
            .connectThreadFactory(daemons("nats-connect"))
            .connectionListener(notices)
            .errorListener(notices);
    settings.configure(builder);
    return builder.build();
  }

  private static ThreadFactory daemons(String name) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(() -> run(task), name + "-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Frame of all threads of the client, for checks that its callbacks do not block. */
  private static void run(Runnable task) {
    task.run();
  }

  /** Turns the client's callbacks into events; prints nothing. */
  static final class Notices implements ConnectionListener, ErrorListener {
    private final FluxSink<Link.Event> events;
    private final Scheduler scheduler;
    private boolean established;

    Notices(FluxSink<Link.Event> events, Scheduler scheduler) {
      this.events = events;
      this.scheduler = scheduler;
    }

    // deprecated by the client, but still the only abstract method
    @SuppressWarnings("deprecation")
    @Override
    public void connectionEvent(Connection connection, Events event) {
      switch (event) {
        case CONNECTED, RESUBSCRIBED -> {
          established = true;
          events.next(
              new Link.Event.Up(
                  new NatsSession(connection, scheduler),
                  String.valueOf(connection.getConnectedUrl())));
        }
        case DISCONNECTED -> events.next(new Link.Event.Down("connection to NATS lost"));
        case CLOSED -> {
          // the client does not reconnect, as after a second authentication failure
          events.next(new Link.Event.Down("connection to NATS closed"));
          if (established) { // otherwise connect() fails with the reason
            events.complete();
          }
        }
        case RECONNECTED, DISCOVERED_SERVERS, LAME_DUCK -> {
          // RESUBSCRIBED follows the first; the client handles the others
        }
      }
    }

    @Override
    public void errorOccurred(Connection connection, String error) {
      events.next(new Link.Event.Fault(error));
    }

    @Override
    public void exceptionOccurred(Connection connection, Exception exception) {
      events.next(new Link.Event.Fault(NatsFault.of(exception).text()));
    }

    @Override
    public void slowConsumerDetected(Connection connection, Consumer consumer) {
      events.next(new Link.Event.Overrun());
    }

    @Override
    public void messageDiscarded(Connection connection, Message message) {
      events.next(new Link.Event.Discarded());
    }
  }
}
