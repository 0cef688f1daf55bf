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
 * Requests to hosts, with a reply inbox for each host: {@code _INBOX.<key>.<host>.<this>.<number>}.
 *
 * <p>It does not use {@link Connection#request}, which has one inbox for all: the account of a host
 * may publish only to the inbox for its own replies.
 */
final class HostRequests {
  private static final int NO_RESPONDERS = 503;

  private final Connection connection;
  private final String root;
  private final String id = NUID.nextGlobal();
  private final AtomicLong number = new AtomicLong();
  private final Map<String, MonoSink<byte[]>> waiting = new ConcurrentHashMap<>();

  /** Subscribes to the replies of all hosts, for the life of the connection. */
  HostRequests(Connection connection) {
    this.connection = connection;
    this.root = connection.getOptions().getInboxPrefix();
    Dispatcher replies = connection.createDispatcher(this::reply);
    replies.subscribe("%s*.%s.*".formatted(root, id));
  }

  /**
   * Sends a request; the reply is emitted on the jnats thread.
   *
   * @param token of the host in the reply subject
   */
  Mono<byte[]> request(
      String token, String subject, byte[] payload, Duration timeout, Scheduler timer) {
    return Mono.<byte[]>create(
            sink -> {
              String replyTo = "%s%s.%s.%d".formatted(root, token, id, number.incrementAndGet());
              waiting.put(replyTo, sink);
              sink.onDispose(() -> waiting.remove(replyTo));
              try {
                connection.publish(subject, replyTo, payload);
              } catch (IllegalStateException | IllegalArgumentException e) {
                sink.error(e);
              }
            })
        .timeout(timeout, timer);
  }

  private void reply(Message message) {
    MonoSink<byte[]> sink = waiting.get(message.getSubject());
    if (sink == null) {
      return; // late or unsolicited
    }
    if (message.isStatusMessage() && message.getStatus().getCode() == NO_RESPONDERS) {
      sink.error(new IOException("no agent is subscribed to its commands"));
    } else {
      sink.success(message.getData());
    }
  }
}
