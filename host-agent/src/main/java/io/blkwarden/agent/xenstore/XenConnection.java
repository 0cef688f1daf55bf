package io.blkwarden.agent.xenstore;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection to xenstored. Requests may come from any thread; answers and watch events are read
 * on the thread that calls {@link #run}.
 *
 * <p>At most {@link #MAX_OUTSTANDING} requests are outstanding; further ones wait up to the request
 * timeout, then are lost. A request that timed out stays outstanding until it is answered. If
 * nothing was received while a request waited, the connection is closed as dead.
 */
final class XenConnection {
  /** Below the limit of xenstored, 20 ({@code quota-outstanding}). */
  static final int MAX_OUTSTANDING = 16;

  private static final int BUFFER_BYTES = 2 * (XenMessage.HEADER_BYTES + XenMessage.MAX_LIST_BYTES);

  /** An outstanding request, and the number of messages received before it was sent. */
  record Ticket(CompletableFuture<Answer> answer, long receivedBefore) {}

  private record Pending(XenOp op, CompletableFuture<Answer> answer) {}

  private final SocketChannel channel;
  private final int requestMillis;
  private final Semaphore window = new Semaphore(MAX_OUTSTANDING);
  private final Map<Integer, Pending> pending = new ConcurrentHashMap<>();
  private final AtomicInteger lastId = new AtomicInteger();
  private final ReentrantLock writing = new ReentrantLock();
  private final AtomicReference<@Nullable String> ended = new AtomicReference<>();
  private final AtomicLong received = new AtomicLong();

  XenConnection(SocketChannel channel, int requestMillis) {
    this.channel = channel;
    this.requestMillis = requestMillis;
  }

  /** The number of received messages. */
  long received() {
    return received.get();
  }

  /** Sends a request; waits while too many are outstanding. */
  Ticket submit(XenOp op, String... strings) {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    Ticket ticket = prepare(op, frames, strings);
    write(frames);
    return ticket;
  }

  /**
   * Sends a request for each path, in as few writes as possible; waits while too many are
   * outstanding.
   *
   * @param paths at most {@link #MAX_OUTSTANDING}
   */
  List<Ticket> submitAll(XenOp op, List<String> paths) {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    List<Ticket> tickets = new ArrayList<>(paths.size());
    for (String path : paths) {
      tickets.add(prepare(op, frames, path));
    }
    write(frames);
    return tickets;
  }

  /** Adds a request to the frames; writes these before it waits for outstanding requests. */
  private Ticket prepare(XenOp op, ByteArrayOutputStream frames, String... strings) {
    Ticket ticket = new Ticket(new CompletableFuture<>(), received.get());
    Optional<XenMessage> message = XenMessage.ofStrings(op, lastId.incrementAndGet(), strings);
    if (message.isEmpty()) {
      return lost(
          ticket,
          "the request contains a NUL or is longer than %d bytes"
              .formatted(XenMessage.MAX_PAYLOAD_BYTES));
    }
    try {
      if (!acquireSlot(frames)) {
        onTimeout(ticket);
        return lost(
            ticket,
            "%d requests are outstanding and none was answered within %d ms"
                .formatted(MAX_OUTSTANDING, requestMillis));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return lost(ticket, "interrupted");
    }
    pending.put(message.get().requestId(), new Pending(op, ticket.answer()));
    String reason = ended.get();
    if (reason != null) {
      return lost(ticket, reason);
    }
    message.get().encode(frames);
    return ticket;
  }

  private boolean acquireSlot(ByteArrayOutputStream frames) throws InterruptedException {
    if (window.tryAcquire()) {
      return true;
    }
    write(frames); // these must be answered first
    frames.reset();
    return window.tryAcquire(requestMillis, TimeUnit.MILLISECONDS);
  }

  /** Waits for the answer, up to the request timeout. */
  Answer await(Ticket ticket) {
    try {
      return ticket.answer().get(requestMillis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      onTimeout(ticket);
      return new Answer.Lost("no answer within " + requestMillis + " ms");
    } catch (ExecutionException e) {
      return new Answer.Lost(String.valueOf(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Answer.Lost("interrupted");
    }
  }

  private void onTimeout(Ticket ticket) {
    if (received.get() == ticket.receivedBefore()) {
      end("no message from xenstored for " + requestMillis + " ms with requests outstanding");
    }
  }

  private static Ticket lost(Ticket ticket, String reason) {
    ticket.answer().complete(new Answer.Lost(reason));
    return ticket;
  }

  private void write(ByteArrayOutputStream frames) {
    ByteBuffer frame = ByteBuffer.wrap(frames.toByteArray());
    writing.lock();
    try {
      while (frame.hasRemaining()) {
        channel.write(frame);
      }
    } catch (IOException e) {
      end("write: " + e);
    } finally {
      writing.unlock();
    }
  }

  /**
   * Reads until the connection is closed; returns the reason.
   *
   * @param watchEvents receives each watch event, on this thread
   */
  String run(Consumer<XenMessage> watchEvents) {
    ByteBuffer in = ByteBuffer.allocate(BUFFER_BYTES);
    try {
      while (channel.read(in) >= 0) {
        in.flip();
        XenMessage message = XenMessage.decode(in);
        while (message != null) {
          take(message, watchEvents);
          message = XenMessage.decode(in);
        }
        in.compact();
      }
      return end(
          in.position() == 0
              ? "xenstored closed the connection"
              : "xenstored closed the connection within a message");
    } catch (ProtocolException e) {
      return end("protocol: " + e.getMessage());
    } catch (IOException e) {
      return end("read: " + e);
    }
  }

  private void take(XenMessage message, Consumer<XenMessage> watchEvents) throws ProtocolException {
    received.incrementAndGet();
    if (message.op() == XenOp.WATCH_EVENT) {
      watchEvents.accept(message);
      return;
    }
    Pending request = pending.remove(message.requestId());
    if (request == null) {
      throw new ProtocolException("answer to unknown request " + message.requestId());
    }
    window.release();
    if (message.op() == XenOp.ERROR) {
      request.answer().complete(new Answer.Refused(message.errorName()));
    } else if (message.op() == request.op()) {
      request.answer().complete(new Answer.Reply(message));
    } else {
      String reason = "expected an answer to %s, found %s".formatted(request.op(), message.op());
      request.answer().complete(new Answer.Lost("protocol: " + reason));
      throw new ProtocolException(reason);
    }
  }

  /**
   * Closes the connection; outstanding requests are lost. Returns the first reason. Thread-safe.
   */
  String end(String reason) {
    ended.compareAndSet(null, reason);
    String first = String.valueOf(ended.get());
    try {
      channel.close();
    } catch (IOException e) {
      first = first + " (close: " + e.getMessage() + ")";
    }
    for (Pending waiting : pending.values()) {
      waiting.answer().complete(new Answer.Lost(first));
    }
    return first;
  }

  /** The result of a request to xenstored. */
  sealed interface Answer {
    /** The request succeeded. */
    record Reply(XenMessage message) implements Answer {}

    /** The request failed with an error such as {@code ENOENT}. */
    record Refused(String error) implements Answer {}

    /** No answer was received; the request may have been executed. */
    record Lost(String reason) implements Answer {}
  }
}
