package io.blkwarden.controller.nats;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * A subscription to several subjects on one dispatcher, so that messages keep the server's order.
 *
 * <p>Overflow: jnats buffers at most {@code maxMessages} messages and {@code maxBytes} bytes, and
 * drops the newest when full. There is no other buffer: a message without demand of the subscriber
 * is dropped too. {@link #dropped()} counts both. For one subscriber.
 */
public final class MessageSubscription {
  /** Default for the most buffered messages. */
  public static final long MAX_MESSAGES = 512 << 10;

  /** Default for the most buffered bytes. */
  public static final long MAX_BYTES = 64 << 20;

  private final Flux<Connection> connections;
  private final List<String> subjects;
  private final @Nullable String group;
  private final long maxMessages;
  private final long maxBytes;
  private final LongAdder dropped = new LongAdder();
  private volatile @Nullable Dispatcher dispatcher;

  /**
   * Creates a subscription.
   *
   * @param connections the current connection and those that replace it
   */
  MessageSubscription(
      Flux<Connection> connections,
      List<String> subjects,
      @Nullable String group,
      long maxMessages,
      long maxBytes) {
    this.connections = connections;
    this.subjects = List.copyOf(subjects);
    this.group = group;
    this.maxMessages = maxMessages;
    this.maxBytes = maxBytes;
  }

  /**
   * The messages, on the jnats dispatcher thread, which must not block. Survives reconnections and
   * replaced connections, and never ends; cancelling it unsubscribes.
   */
  public Flux<BusMessage> messages() {
    return connections
        .switchMap(connection ->
            Flux.<BusMessage>create(
                sink -> subscribe(connection, sink), FluxSink.OverflowStrategy.IGNORE))
        .onBackpressureDrop(_ -> dropped.increment());
  }

  /** Messages that were dropped because they arrived faster than they were processed. */
  public long dropped() {
    Dispatcher current = dispatcher;
    return dropped.sum() + (current == null ? 0 : current.getDroppedCount());
  }

  private void subscribe(Connection connection, FluxSink<BusMessage> sink) {
    try {
      Dispatcher created =
          connection.createDispatcher(
              m -> sink.next(new BusMessage(m.getSubject(), m.getReplyTo(), m.getData())));
      created.setPendingLimits(maxMessages, maxBytes);
      dispatcher = created;
      sink.onDispose(() -> unsubscribe(connection, created));
      for (String subject : subjects) {
        Dispatcher _ =
            group == null ? created.subscribe(subject) : created.subscribe(subject, group);
      }
    } catch (IllegalStateException e) {
      return; // closed; the next connection follows
    }
  }

  private void unsubscribe(Connection connection, Dispatcher created) {
    dispatcher = null;
    dropped.add(created.getDroppedCount());
    try {
      connection.closeDispatcher(created);
    } catch (IllegalStateException | IllegalArgumentException e) {
      return; // closed with its connection
    }
  }
}
