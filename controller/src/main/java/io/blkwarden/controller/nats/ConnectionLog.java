package io.blkwarden.controller.nats;

import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Consumer;
import io.nats.client.ErrorListener;
import io.nats.client.Message;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs and counts the events of one connection; never blocks. */
sealed class ConnectionLog implements ErrorListener, ConnectionListener permits OperatorListener {
  private static final Logger log = LoggerFactory.getLogger(ConnectionLog.class);

  private final String name;
  private final ConnectionCounters counters;
  private final Runnable onLost;
  private final Runnable onReconnected;
  private final Runnable onClosed;
  private volatile @Nullable Exception lastFault;
  private final AtomicBoolean lost = new AtomicBoolean(true); // until first connected

  ConnectionLog(
      String name,
      ConnectionCounters counters,
      Runnable onLost,
      Runnable onReconnected,
      Runnable onClosed) {
    this.name = name;
    this.counters = counters;
    this.onLost = onLost;
    this.onReconnected = onReconnected;
    this.onClosed = onClosed;
  }

  @Override
  @SuppressWarnings("deprecation") // abstract in the interface; jnats calls the other overload
  public void connectionEvent(Connection connection, Events event) {
    handle(event);
  }

  @Override
  public void connectionEvent(Connection connection, Events event, Long time, String uriDetails) {
    handle(event);
  }

  private void handle(Events event) {
    switch (event) {
      case DISCONNECTED -> {
        if (!lost.getAndSet(true)) { // repeated after each attempt
          log.warn("NATS {}: connection lost; reconnecting", name);
          onLost.run();
        }
      }
      case RECONNECTED -> {
        lost.set(false);
        counters.reconnects.increment();
        log.info("NATS {}: reconnected", name);
        onReconnected.run();
      }
      case LAME_DUCK -> log.warn("NATS {}: the server is shutting down (lame duck mode)", name);
      case CLOSED -> {
        log.debug("NATS {}: closed", name);
        onClosed.run();
      }
      case CONNECTED -> {
        lost.set(false);
        log.debug("NATS {}: connected", name);
      }
      case RESUBSCRIBED, DISCOVERED_SERVERS -> log.debug("NATS {}: {}", name, event);
    }
  }

  @Override
  public void errorOccurred(Connection connection, String error) {
    counters.errors.increment();
    log.warn("NATS {}: server error: {}", name, error);
  }

  /** The last exception. */
  @Nullable Exception lastFault() {
    return lastFault;
  }

  @Override
  public void exceptionOccurred(Connection connection, Exception exception) {
    counters.errors.increment();
    lastFault = exception;
    log.debug("NATS {}: {}", name, exception.toString(), exception);
  }

  @Override
  public void slowConsumerDetected(Connection connection, Consumer consumer) {
    counters.slowConsumers.increment();
    log.warn(
        "NATS {}: slow consumer: messages arrive faster than they are processed; {} dropped so far",
        name,
        consumer.getDroppedCount());
  }

  @Override
  public void messageDiscarded(Connection connection, Message message) {
    counters.discarded.increment();
  }

  @Override
  public void socketWriteTimeout(Connection connection) {
    counters.errors.increment();
    log.warn("NATS {}: connection lost: server not accepting data; reconnecting", name);
  }
}
