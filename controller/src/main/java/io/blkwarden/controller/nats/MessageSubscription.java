package io.blkwarden.controller.nats;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * A subscription to several subjects on one dispatcher, so that messages keep the server's order.
 *
 * <p>Overflow: jnats buffers at most {@code maxMessages} messages and {@code maxBytes} bytes, and
 * drops the newest when full. There is no other buffer: a message without demand of the subscriber
 * is dropped too. {@link #dropped()} counts both.
 */
public final class MessageSubscription {
  /** Default for the most buffered messages. */
  public static final long MAX_MESSAGES = 512 << 10;

  /** Default for the most buffered bytes. */
  public static final long MAX_BYTES = 64 << 20;

  private final NatsConnection connection;
  private final List<String> subjects;
  private final @Nullable String group;
  private final long maxMessages;
  private final long maxBytes;
  private final LongAdder dropped = new LongAdder();
  private final Set<Subscriber> subscribers = ConcurrentHashMap.newKeySet();

  MessageSubscription(
      NatsConnection connection,
      List<String> subjects,
      @Nullable String group,
      long maxMessages,
      long maxBytes) {
    this.connection = connection;
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
    return Flux.<BusMessage>create(this::open, FluxSink.OverflowStrategy.IGNORE)
        .onBackpressureDrop(_ -> dropped.increment());
  }

  /** Messages that were dropped because they arrived faster than they were processed. */
  public long dropped() {
    return dropped.sum() + subscribers.stream().mapToLong(Subscriber::dropped).sum();
  }

  private void open(FluxSink<BusMessage> sink) {
    Subscriber subscriber = new Subscriber(sink);
    subscribers.add(subscriber);
    sink.onDispose(() -> {
      connection.remove(subscriber);
      subscribers.remove(subscriber);
    });
    connection.add(subscriber);
  }

  /** One subscriber; used under the lock of its connection. */
  final class Subscriber {
    private final FluxSink<BusMessage> sink;
    private @Nullable Connection connection;
    private volatile @Nullable Dispatcher dispatcher;

    Subscriber(FluxSink<BusMessage> sink) {
      this.sink = sink;
    }

    void attach(Connection to) {
      try {
        Dispatcher made =
            to.createDispatcher(
                m -> sink.next(new BusMessage(m.getSubject(), m.getReplyTo(), m.getData())));
        made.setPendingLimits(maxMessages, maxBytes);
        connection = to;
        dispatcher = made;
        for (String subject : subjects) {
          Dispatcher _ = group == null ? made.subscribe(subject) : made.subscribe(subject, group);
        }
      } catch (IllegalStateException e) {
        detach(); // closed; attached to the next connection
      }
    }

    void detach() {
      Connection from = connection;
      Dispatcher made = dispatcher;
      if (from == null || made == null) {
        return;
      }
      connection = null;
      dispatcher = null;
      dropped.add(made.getDroppedCount());
      try {
        from.closeDispatcher(made);
      } catch (IllegalStateException | IllegalArgumentException e) {
        return; // closed with its connection
      }
    }

    long dropped() {
      Dispatcher current = dispatcher;
      return current == null ? 0 : current.getDroppedCount();
    }
  }
}
