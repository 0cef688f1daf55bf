package io.blkwarden.controller.nats;

import io.blkwarden.controller.snapshot.ControllerCounters;
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
sealed class ConnectionLog implements ErrorListener, ConnectionListener
    permits OperatorSession.Listener {
  private static final Logger log = LoggerFactory.getLogger(ConnectionLog.class);

  private final String name;
  private final ControllerCounters counters;
  private final java.util.function.Consumer<Events> onEvent;
  private volatile @Nullable Exception lastFault;
  private final AtomicBoolean lost = new AtomicBoolean(true); // until first connected

  ConnectionLog(
      String name, ControllerCounters counters, java.util.function.Consumer<Events> onEvent) {
    this.name = name;
    this.counters = counters;
    this.onEvent = onEvent;
  }

  @Override
  @SuppressWarnings("deprecation") // the only abstract method; the other overload calls it
  public void connectionEvent(Connection connection, Events event) {
    switch (event) {
      case DISCONNECTED -> {
        if (lost.getAndSet(true)) {
          return; // repeated after each attempt
        }
        log.warn("NATS {}: connection lost; reconnecting", name);
      }
      case RECONNECTED -> {
        lost.set(false);
        counters.reconnects.increment();
        log.info("NATS {}: reconnected", name);
      }
      case LAME_DUCK -> log.warn("NATS {}: the server is shutting down (lame duck mode)", name);
      case CONNECTED -> lost.set(false);
      case CLOSED, RESUBSCRIBED, DISCOVERED_SERVERS -> log.debug("NATS {}: {}", name, event);
    }
    onEvent.accept(event);
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
