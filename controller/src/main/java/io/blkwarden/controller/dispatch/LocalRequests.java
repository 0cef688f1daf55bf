package io.blkwarden.controller.dispatch;

import io.blkwarden.model.message.OperatorReply;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Operators' requests that did not arrive over NATS, and their replies.
 *
 * <p>Each has a reply address that cannot be a subject; replies to other addresses are passed on. A
 * request without a reply within {@link OperatorMailbox#WAIT_MILLIS} fails.
 */
public final class LocalRequests implements BiConsumer<String, OperatorReply> {
  private static final String ADDRESS = "local ";

  private final BiConsumer<String, OperatorReply> nats;
  private final Map<String, Sinks.One<OperatorReply>> waiting = new ConcurrentHashMap<>();
  private final AtomicLong last = new AtomicLong();

  /**
   * Creates an instance.
   *
   * @param nats sends replies to all other addresses
   */
  public LocalRequests(BiConsumer<String, OperatorReply> nats) {
    this.nats = nats;
  }

  /** Sends a request by {@code sender}, which receives the reply address, and emits the reply. */
  public Mono<OperatorReply> send(Consumer<String> sender) {
    return Mono.defer(() -> {
      String address = ADDRESS + last.incrementAndGet();
      Sinks.One<OperatorReply> answer = Sinks.one();
      waiting.put(address, answer);
      sender.accept(address);
      return answer
          .asMono()
          .timeout(
              Duration.ofMillis(OperatorMailbox.WAIT_MILLIS),
              Mono.just(new OperatorReply(OperatorReply.Verdict.FAILED, "no reply in time")))
          .doFinally(_ -> waiting.remove(address));
    });
  }

  @Override
  public void accept(String replyTo, OperatorReply reply) {
    if (replyTo.startsWith(ADDRESS)) {
      Sinks.One<OperatorReply> answer = waiting.get(replyTo);
      if (answer != null) {
        Sinks.EmitResult _ = answer.tryEmitValue(reply);
      }
    } else {
      nats.accept(replyTo, reply);
    }
  }
}
