package io.blkwarden.controller.bus;

import io.blkwarden.model.HostId;
import io.blkwarden.model.subject.HostToken;
import io.blkwarden.model.subject.Subjects;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.nats.client.NUID;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Commands to hosts and their replies, which come to an inbox of the host's own: {@code
 * _INBOX.<key>.<host>.<this>.<number>}.
 *
 * <p>Not by {@link Connection#request}, whose inbox is one for all: the account of a host may
 * publish to the inbox for its own replies only.
 */
final class CommandReplies {
  private static final int NO_RESPONDERS = 503;

  private final Connection link;
  private final Subjects subjects;
  private final String root;
  private final String id = NUID.nextGlobal();
  private final AtomicLong number = new AtomicLong();
  private final Map<String, CompletableFuture<byte[]>> waiting = new ConcurrentHashMap<>();

  /** Subscribes to the replies of all hosts; the subscription lives as long as the connection. */
  CommandReplies(Connection link, Subjects subjects) {
    this.link = link;
    this.subjects = subjects;
    this.root = link.getOptions().getInboxPrefix();
    Dispatcher replies = link.createDispatcher(this::reply);
    replies.subscribe("%s*.%s.*".formatted(root, id));
  }

  /** Sends a command; the reply, or why there is none, comes on another thread. */
  CompletableFuture<byte[]> request(HostId host, byte[] command, Duration timeout) {
    String replyTo =
        "%s%s.%s.%d".formatted(root, HostToken.encode(host), id, number.incrementAndGet());
    CompletableFuture<byte[]> reply = new CompletableFuture<>();
    waiting.put(replyTo, reply);
    var _ =
        reply
            .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete((_, _) -> waiting.remove(replyTo));
    try {
      link.publish(subjects.command(host), replyTo, command);
    } catch (IllegalStateException | IllegalArgumentException e) {
      reply.completeExceptionally(e);
    }
    return reply;
  }

  private void reply(Message message) {
    CompletableFuture<byte[]> reply = waiting.get(message.getSubject());
    if (reply == null) {
      return; // too late, or not asked for
    }
    if (message.isStatusMessage() && message.getStatus().getCode() == NO_RESPONDERS) {
      reply.completeExceptionally(new IOException("no agent is subscribed to its commands"));
    } else {
      reply.complete(message.getData());
    }
  }
}
