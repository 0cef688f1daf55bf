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
 * Subjects that are subscribed as one, so that their messages come in the order in which the server
 * sent them.
 *
 * <p>Overflow: the client keeps at most {@code maxMessages} messages and {@code maxBytes} bytes; at
 * the bound the newest message is dropped. Nothing else buffers: a message that comes while the
 * subscriber has requested none is dropped too. {@link #dropped()} counts both.
 */
public final class Feed {
  /** Most messages that wait, unless a feed has another bound. */
  public static final long MESSAGES = 512 << 10;

  /** Most bytes that wait, unless a feed has another bound. */
  public static final long BYTES = 64 << 20;

  private final NatsLink link;
  private final List<String> subjects;
  private final @Nullable String group;
  private final long maxMessages;
  private final long maxBytes;
  private final LongAdder dropped = new LongAdder();
  private final Set<Tap> taps = ConcurrentHashMap.newKeySet();

  Feed(
      NatsLink link,
      List<String> subjects,
      @Nullable String group,
      long maxMessages,
      long maxBytes) {
    this.link = link;
    this.subjects = List.copyOf(subjects);
    this.group = group;
    this.maxMessages = maxMessages;
    this.maxBytes = maxBytes;
  }

  /**
   * The messages, on the client's dispatcher thread, which must not wait. Outlives reconnections,
   * and a connection that is given up and made anew; never ends. Cancelling it unsubscribes.
   */
  public Flux<BusMessage> messages() {
    return Flux.<BusMessage>create(this::open, FluxSink.OverflowStrategy.IGNORE)
        .onBackpressureDrop(_ -> dropped.increment());
  }

  /** Messages that were dropped because they were not taken fast enough. */
  public long dropped() {
    return dropped.sum() + taps.stream().mapToLong(Tap::dropped).sum();
  }

  private void open(FluxSink<BusMessage> sink) {
    Tap tap = new Tap(sink);
    taps.add(tap);
    sink.onDispose(() -> {
      link.remove(tap);
      taps.remove(tap);
    });
    link.add(tap);
  }

  /** One subscriber of the feed; used under the lock of its link. */
  final class Tap {
    private final FluxSink<BusMessage> sink;
    private @Nullable Connection connection;
    private volatile @Nullable Dispatcher dispatcher;

    Tap(FluxSink<BusMessage> sink) {
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
        detach(); // it is closed already, and the next one comes
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
        return; // its connection is gone, and it with it
      }
    }

    long dropped() {
      Dispatcher current = dispatcher;
      return current == null ? 0 : current.getDroppedCount();
    }
  }
}
