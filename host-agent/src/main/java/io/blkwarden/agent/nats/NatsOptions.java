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

/** The choices about the NATS client, each with its reason. */
final class NatsOptions {
  /**
   * With TLS the first connection of a JVM that has just started takes seconds on a slow dom0; the
   * server waits as long ({@code nats init}).
   */
  static final Duration CONNECT_WITHIN = Duration.ofSeconds(10);

  // Unbounded on purpose: the client deadlocks on a bounded one. One pair for all connections, as
  // the client does not end executors that are not its own.
  private final ExecutorService executor = Executors.newCachedThreadPool(daemons("nats"));
  private final ScheduledExecutorService timer =
      Executors.newScheduledThreadPool(1, daemons("nats-timer"));

  /** Does something that waits for the network on one of the threads that the client was given. */
  void execute(Runnable task) {
    executor.execute(task);
  }

  /** Ends the threads that the client was given. */
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
            // The client puts it into its JSON as it is: a quotation mark would end it.
            .connectionName("blkwarden-agent " + HostToken.encode(settings.host()))
            .inboxPrefix("_INBOX." + HostToken.encode(settings.host()) + ".")
            // The client gives up after 60 tries unless told otherwise.
            .maxReconnects(-1)
            // Its first round has no delay: all agents would come back in one instant.
            .reconnectDelayBehavior(Options.ReconnectDelayBehavior.BeforeAllRounds)
            .reconnectDelayHandler(_ -> Duration.ofMillis(1 + random.nextLong(spreadMillis)))
            // Otherwise it keeps samples and sends them, stale, after an outage.
            .reconnectBufferSize(0)
            // Otherwise a full queue blocks the sender for 2 s a message.
            .discardMessagesWhenOutgoingQueueFull()
            // A frozen server is noticed after half a minute, not after four.
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
    settings.use(builder);
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

  /** All that the client does itself, which may wait; its callbacks, inside of it, must not. */
  private static void run(Runnable task) {
    task.run();
  }
}
