package io.blkwarden.controller.bus;

import io.blkwarden.commandline.nats.JetStreamFault;
import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.PublishOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what an outbox holds to a stream until each is acknowledged, with longer and longer
 * pauses while that fails; runs on its own thread.
 */
abstract sealed class Sender implements Runnable permits AlertSender, DecisionSender {
  private static final Duration ACK_TIMEOUT = Duration.ofSeconds(5);
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final int DOUBLINGS = 5;

  final Logger log = LoggerFactory.getLogger(getClass());
  private final String what;
  private final Outbox outbox;
  private final Connection link;
  private final JetStream stream;
  private final RandomGenerator random;
  private volatile String lastFault = "";

  /**
   * A sender.
   *
   * @param what is sent, for the log
   */
  Sender(String what, Outbox outbox, Connection link, RandomGenerator random) throws IOException {
    this.what = what;
    this.outbox = outbox;
    this.link = link;
    this.stream = link.jetStream(JetStreamAssets.options());
    this.random = random;
  }

  /** Runs it on a daemon thread of its own. */
  final Thread start() {
    Thread thread = new Thread(this, "blkwarden-" + what);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  @Override
  public final void run() {
    int failures = 0;
    try {
      while (!Thread.currentThread().isInterrupted()) {
        if (publishNext()) {
          failures = 0;
          lastFault = "";
        } else {
          long bound = FIRST_PAUSE_MILLIS << Math.min(failures++, DOUBLINGS);
          outbox.pause(Duration.ofMillis(bound / 2 + random.nextLong(bound)));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for what is next and publishes it; false when some of it is to be tried again. */
  abstract boolean publishNext() throws InterruptedException;

  /**
   * Publishes a message: true when it is stored, false when it never will be.
   *
   * @param never is told why it never will be
   */
  final CompletableFuture<Boolean> publish(
      String subject,
      byte[] message,
      PublishOptions options,
      Consumer<IllegalArgumentException> never) {
    try {
      return stream
          .publishAsync(subject, message, options)
          .orTimeout(ACK_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
          .thenApply(ack -> true);
    } catch (IllegalArgumentException e) { // longer than the server takes: never will
      never.accept(e);
      return CompletableFuture.completedFuture(false);
    } catch (RuntimeException e) { // not connected, or closing, which jnats shows in many ways
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Logs the cause of a failure, once while it stays the same. */
  final void fault(ExecutionException failed) {
    String fault =
        link.getStatus() == Connection.Status.CONNECTED
            ? JetStreamFault.of(failed, link.getServerInfo()).text()
            : "not connected to NATS";
    if (!fault.equals(lastFault)) {
      lastFault = fault;
      log.warn("{}", problem());
    }
  }

  /** How many messages are not stored, and why; empty while publishing works. */
  final String problem() {
    String fault = lastFault;
    return fault.isEmpty()
        ? ""
        : "%d %s not stored by NATS yet, retrying: %s".formatted(outbox.size(), what, fault);
  }
}
