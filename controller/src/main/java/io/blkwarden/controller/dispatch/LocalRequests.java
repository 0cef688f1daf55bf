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
 * Requests that came into this process another way than over NATS, and wait for an answer.
 *
 * <p>Each has a place to reply to that no subject can be; what goes anywhere else is passed on. One
 * that gets no answer within {@link OperatorMailbox#WAIT_MILLIS} is told so.
 */
public final class LocalRequests implements BiConsumer<String, OperatorReply> {
  private static final String PLACE = "local ";

  private final BiConsumer<String, OperatorReply> elsewhere;
  private final Map<String, Sinks.One<OperatorReply>> waiting = new ConcurrentHashMap<>();
  private final AtomicLong last = new AtomicLong();

  /** None yet. */
  public LocalRequests(BiConsumer<String, OperatorReply> elsewhere) {
    this.elsewhere = elsewhere;
  }

  /** Begins one for each subscriber; {@code asker} gets the place to reply to. */
  public Mono<OperatorReply> send(Consumer<String> asker) {
    return Mono.defer(() -> {
      String place = PLACE + last.incrementAndGet();
      Sinks.One<OperatorReply> answer = Sinks.one();
      waiting.put(place, answer);
      asker.accept(place);
      return answer
          .asMono()
          .timeout(
              Duration.ofMillis(OperatorMailbox.WAIT_MILLIS),
              Mono.just(new OperatorReply(OperatorReply.Verdict.FAILED, "no answer in time")))
          .doFinally(_ -> waiting.remove(place));
    });
  }

  @Override
  public void accept(String replyTo, OperatorReply reply) {
    if (replyTo.startsWith(PLACE)) {
      Sinks.One<OperatorReply> answer = waiting.get(replyTo);
      if (answer != null) {
        Sinks.EmitResult _ = answer.tryEmitValue(reply);
      }
    } else {
      elsewhere.accept(replyTo, reply);
    }
  }
}
