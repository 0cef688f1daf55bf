package io.blkwarden.controller.nats;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.nats.client.NUID;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;

/**
 * Requests to hosts and their replies, which come to an inbox of the host's own: {@code
 * _INBOX.<key>.<host>.<this>.<number>}.
 *
 * <p>Not by {@link Connection#request}, whose inbox is one for all: the account of a host may
 * publish to the inbox for its own replies only.
 */
final class HostReplies {
  private static final int NO_RESPONDERS = 503;

  private final Connection link;
  private final String root;
  private final String id = NUID.nextGlobal();
  private final AtomicLong number = new AtomicLong();
  private final Map<String, MonoSink<byte[]>> waiting = new ConcurrentHashMap<>();

  /** Subscribes to the replies of all hosts; the subscription lives as long as the connection. */
  HostReplies(Connection link) {
    this.link = link;
    this.root = link.getOptions().getInboxPrefix();
    Dispatcher replies = link.createDispatcher(this::reply);
    replies.subscribe("%s*.%s.*".formatted(root, id));
  }

  /**
   * Sends a request; the reply comes on the client's thread.
   *
   * @param token of the host, in the subject of its inbox
   */
  Mono<byte[]> request(
      String token, String subject, byte[] payload, Duration timeout, Scheduler timer) {
    return Mono.<byte[]>create(
            sink -> {
              String replyTo = "%s%s.%s.%d".formatted(root, token, id, number.incrementAndGet());
              waiting.put(replyTo, sink);
              sink.onDispose(() -> waiting.remove(replyTo));
              try {
                link.publish(subject, replyTo, payload);
              } catch (IllegalStateException | IllegalArgumentException e) {
                sink.error(e);
              }
            })
        .timeout(timeout, timer);
  }

  private void reply(Message message) {
    MonoSink<byte[]> sink = waiting.get(message.getSubject());
    if (sink == null) {
      return; // too late, or not asked for
    }
    if (message.isStatusMessage() && message.getStatus().getCode() == NO_RESPONDERS) {
      sink.error(new IOException("no agent is subscribed to its commands"));
    } else {
      sink.success(message.getData());
    }
  }
}
