package io.blkwarden.agent.nats;

import io.blkwarden.model.subject.HostToken;
import io.nats.client.ConnectionListener;
import io.nats.client.ErrorListener;
import io.nats.client.Options;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/** The options of the NATS client, and its threads. */
final class NatsOptions {
  /**
   * Connection timeout: the first TLS handshake of a JVM takes seconds on a slow dom0. {@code nats
   * init} configures the server to wait as long.
   */
  static final Duration CONNECT_WITHIN = Duration.ofSeconds(10);

  // unbounded, because the client deadlocks on a bounded one; shared by all connections, because
  // the
  // client does not stop executors that it did not create
  private final ExecutorService executor = Executors.newCachedThreadPool(daemons("nats"));
  private final ScheduledExecutorService timer =
      Executors.newScheduledThreadPool(1, daemons("nats-timer"));

  /** Runs a task that blocks on the network. */
  void execute(Runnable task) {
    executor.execute(task);
  }

  /** Stops the threads. */
  void close() {
    executor.shutdownNow();
    timer.shutdownNow();
  }

  Options of(
      NatsSettings settings,
      ConnectionListener connections,
      ErrorListener errors,
      RandomGenerator random) {
    long spreadMillis = settings.reconnectSpread().toMillis();
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
            .reconnectDelayHandler(_ -> Duration.ofMillis(1 + random.nextLong(spreadMillis)))
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
            .connectionListener(connections)
            .errorListener(errors);
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
}
