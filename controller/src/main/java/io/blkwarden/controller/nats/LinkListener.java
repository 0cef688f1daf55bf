package io.blkwarden.controller.nats;

import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Consumer;
import io.nats.client.ErrorListener;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.support.Status;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs and counts what happens to one connection; never waits. */
sealed class LinkListener implements ErrorListener, ConnectionListener permits OperatorListener {
  private static final Logger log = LoggerFactory.getLogger(LinkListener.class);

  private final String link;
  private final LinkCounters counters;
  private final Runnable onLost;
  private final Runnable onReconnected;
  private final Runnable onClosed;
  private volatile @Nullable Exception lastFault;
  private final AtomicBoolean lost = new AtomicBoolean(true); // until it is there at all

  /** One of a program that ends when its connection does. */
  LinkListener(String link, LinkCounters counters, Runnable onReconnected) {
    this(link, counters, () -> {}, onReconnected, () -> {});
  }

  LinkListener(
      String link,
      LinkCounters counters,
      Runnable onLost,
      Runnable onReconnected,
      Runnable onClosed) {
    this.link = link;
    this.counters = counters;
    this.onLost = onLost;
    this.onReconnected = onReconnected;
    this.onClosed = onClosed;
  }

  @Override
  @SuppressWarnings("deprecation") // the interface still demands it, and jnats calls the other one
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
        if (!lost.getAndSet(true)) { // said again after each attempt
          log.warn("NATS {}: connection lost; reconnecting until it is back", link);
          onLost.run();
        }
      }
      case RECONNECTED -> {
        lost.set(false);
        counters.reconnects.increment();
        log.info("NATS {}: connected again", link);
        onReconnected.run();
      }
      case LAME_DUCK -> log.warn("NATS {}: the server says that it is about to shut down", link);
      case CLOSED -> {
        log.debug("NATS {}: closed for good", link);
        onClosed.run();
      }
      case CONNECTED -> {
        lost.set(false);
        log.debug("NATS {}: connected", link);
      }
      case RESUBSCRIBED, DISCOVERED_SERVERS -> log.debug("NATS {}: {}", link, event);
    }
  }

  @Override
  public void errorOccurred(Connection connection, String error) {
    counters.errors.increment();
    log.warn("NATS {}: the server reports: {}", link, error);
  }

  /** What failed last; nothing while nothing did. */
  @Nullable Exception lastFault() {
    return lastFault;
  }

  @Override
  public void exceptionOccurred(Connection connection, Exception exception) {
    counters.errors.increment();
    lastFault = exception;
    log.debug("NATS {}: {}", link, exception.toString(), exception);
  }

  @Override
  public void slowConsumerDetected(Connection connection, Consumer consumer) {
    counters.slowSpells.increment();
    log.warn(
        "NATS {}: messages arrive faster than they are taken; {} dropped so far",
        link,
        consumer.getDroppedCount());
  }

  @Override
  public void messageDiscarded(Connection connection, Message message) {
    counters.discarded.increment();
  }

  @Override
  public void socketWriteTimeout(Connection connection) {
    counters.errors.increment();
    log.warn("NATS {}: the server takes nothing any more; connecting anew", link);
  }

  @Override
  public void heartbeatAlarm(
      Connection connection, JetStreamSubscription subscription, long lastStream, long last) {
    log.debug("NATS {}: the server's heartbeat is late", link);
  }

  @Override
  public void unhandledStatus(
      Connection connection, JetStreamSubscription subscription, Status status) {
    log.debug("NATS {}: status {}", link, status);
  }

  @Override
  public void pullStatusWarning(
      Connection connection, JetStreamSubscription subscription, Status status) {
    log.debug("NATS {}: status {}", link, status);
  }

  @Override
  public void pullStatusError(
      Connection connection, JetStreamSubscription subscription, Status status) {
    log.debug("NATS {}: status {}", link, status);
  }
}
