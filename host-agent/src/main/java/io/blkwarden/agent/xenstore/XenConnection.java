package io.blkwarden.agent.xenstore;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
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
 * One connection to xenstored, from its first byte to its end: requests from any thread, answers
 * and watch events on the thread that calls {@link #run}.
 *
 * <p>At most {@link #MAX_OUTSTANDING} requests are under way; one more waits for its turn as long
 * as it would wait for an answer, and is lost after that. A request that nobody waits for any more
 * keeps its place until its answer comes, so a stuck server never gets more. If nothing at all was
 * heard while a request waited, the connection is dead and ends.
 */
final class XenConnection {
  /** Below the 20 that xenstored's own quota allows ({@code quota-outstanding}). */
  static final int MAX_OUTSTANDING = 16;

  private static final int BUFFER_BYTES = 2 * (XenMessage.HEADER_BYTES + XenMessage.MAX_LIST_BYTES);

  /** A request under way, and how much had been heard when it was sent. */
  record Ticket(CompletableFuture<XenAnswer> answer, long heardBefore) {}

  private record Pending(XenOp op, CompletableFuture<XenAnswer> answer) {}

  private final SocketChannel channel;
  private final int requestMillis;
  private final Semaphore window = new Semaphore(MAX_OUTSTANDING);
  private final Map<Integer, Pending> pending = new ConcurrentHashMap<>();
  private final AtomicInteger lastId = new AtomicInteger();
  private final ReentrantLock writing = new ReentrantLock();
  private final AtomicReference<@Nullable String> ended = new AtomicReference<>();
  private final AtomicLong heard = new AtomicLong();

  XenConnection(SocketChannel channel, int requestMillis) {
    this.channel = channel;
    this.requestMillis = requestMillis;
  }

  /** How many messages have come so far. */
  long heard() {
    return heard.get();
  }

  /** Sends a request, waiting for a place among those under way. */
  Ticket submit(XenOp op, String... strings) throws InterruptedException {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    Ticket ticket = prepare(op, frames, strings);
    write(frames);
    return ticket;
  }

  /**
   * Sends a request for each path, waiting for places among those under way. What finds places
   * together goes out together: a thousand requests cost some hundred system calls.
   *
   * @param paths at most {@link #MAX_OUTSTANDING}
   */
  List<Ticket> submitAll(XenOp op, List<String> paths) throws InterruptedException {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    List<Ticket> tickets = new ArrayList<>(paths.size());
    for (String path : paths) {
      tickets.add(prepare(op, frames, path));
    }
    write(frames);
    return tickets;
  }

  /** Takes a place for a request, and adds it to what is to be written; writes that if it waits. */
  private Ticket prepare(XenOp op, ByteArrayOutputStream frames, String... strings)
      throws InterruptedException {
    Ticket ticket = new Ticket(new CompletableFuture<>(), heard.get());
    Optional<XenMessage> message = XenMessage.ofStrings(op, lastId.incrementAndGet(), strings);
    if (message.isEmpty()) {
      return lost(
          ticket,
          "a request with a NUL inside, or longer than %d bytes"
              .formatted(XenMessage.MAX_PAYLOAD_BYTES));
    }
    if (!takePlace(frames)) {
      giveUp(ticket);
      return lost(
          ticket,
          "%d requests are under way and none was answered for %d ms"
              .formatted(MAX_OUTSTANDING, requestMillis));
    }
    pending.put(message.get().requestId(), new Pending(op, ticket.answer()));
    String reason = ended.get();
    if (reason != null) {
      return lost(ticket, reason);
    }
    message.get().encode(frames);
    return ticket;
  }

  private boolean takePlace(ByteArrayOutputStream frames) throws InterruptedException {
    if (window.tryAcquire()) {
      return true;
    }
    write(frames); // or their own places would never be free
    frames.reset();
    return window.tryAcquire(requestMillis, TimeUnit.MILLISECONDS);
  }

  /** Waits for the answer as long as a request may take. */
  XenAnswer await(Ticket ticket) throws InterruptedException {
    try {
      return ticket.answer().get(requestMillis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      giveUp(ticket);
      return new XenAnswer.Lost("no answer for " + requestMillis + " ms");
    } catch (ExecutionException e) {
      return new XenAnswer.Lost(String.valueOf(e.getCause()));
    }
  }

  private void giveUp(Ticket ticket) {
    if (heard.get() == ticket.heardBefore()) {
      end("xenstored said nothing for " + requestMillis + " ms with requests under way");
    }
  }

  private static Ticket lost(Ticket ticket, String reason) {
    ticket.answer().complete(new XenAnswer.Lost(reason));
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
   * Reads until the connection ends, and says why it did.
   *
   * @param watchEvents gets each watch event's message, on this thread
   */
  String run(Consumer<XenMessage> watchEvents) {
    ByteBuffer in = ByteBuffer.allocate(BUFFER_BYTES);
    try {
      while (channel.read(in) >= 0) {
        in.flip();
        Optional<String> broken = takeAll(in, watchEvents);
        if (broken.isPresent()) {
          return end(broken.get());
        }
        in.compact();
      }
      return end(
          in.position() == 0
              ? "xenstored closed the connection"
              : "xenstored closed the connection inside a message");
    } catch (IOException e) {
      return end("read: " + e);
    }
  }

  private Optional<String> takeAll(ByteBuffer in, Consumer<XenMessage> watchEvents) {
    while (true) {
      switch (XenMessage.decode(in)) {
        case XenMessage.Decoding.Incomplete() -> {
          return Optional.empty();
        }
        case XenMessage.Decoding.Broken(String reason) -> {
          return Optional.of("protocol: " + reason);
        }
        case XenMessage.Decoding.Complete(XenMessage message) -> {
          Optional<String> broken = take(message, watchEvents);
          if (broken.isPresent()) {
            return broken;
          }
        }
      }
    }
  }

  private Optional<String> take(XenMessage message, Consumer<XenMessage> watchEvents) {
    heard.incrementAndGet();
    if (message.op() == XenOp.WATCH_EVENT) {
      watchEvents.accept(message);
      return Optional.empty();
    }
    Pending asked = pending.remove(message.requestId());
    if (asked == null) {
      return Optional.of("protocol: an answer to request " + message.requestId() + ", not made");
    }
    window.release();
    if (message.op() == XenOp.ERROR) {
      asked.answer().complete(new XenAnswer.Refused(message.errorName()));
    } else if (message.op() == asked.op()) {
      asked.answer().complete(new XenAnswer.Reply(message));
    } else {
      String reason = "protocol: expected an answer to %s, found one to %s";
      asked.answer().complete(new XenAnswer.Lost(reason.formatted(asked.op(), message.op())));
      return Optional.of(reason.formatted(asked.op(), message.op()));
    }
    return Optional.empty();
  }

  /** Ends the connection, from any thread; every request under way is lost. The first reason. */
  String end(String reason) {
    ended.compareAndSet(null, reason);
    String first = String.valueOf(ended.get());
    try {
      channel.close();
    } catch (IOException e) {
      // The descriptor is gone either way, and the connection has its reason already.
      first = first + " (close: " + e.getMessage() + ")";
    }
    for (Pending waiting : pending.values()) {
      waiting.answer().complete(new XenAnswer.Lost(first));
    }
    return first;
  }
}
