package io.blkwarden.controller.dispatch;

import io.blkwarden.model.message.OperatorReply;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Requests that came into this process another way than over NATS, and wait for an answer.
 *
 * <p>Each has a place to reply to that no subject can be; what goes anywhere else is passed on. One
 * that gets no answer within {@link OperatorMailbox#WAIT_MILLIS} is told so.
 */
public final class LocalAsks implements BiConsumer<String, OperatorReply> {
  private static final String PLACE = "local ";

  private final BiConsumer<String, OperatorReply> elsewhere;
  private final Map<String, CompletableFuture<OperatorReply>> waiting = new ConcurrentHashMap<>();
  private final AtomicLong last = new AtomicLong();

  /** None yet. */
  public LocalAsks(BiConsumer<String, OperatorReply> elsewhere) {
    this.elsewhere = elsewhere;
  }

  /** Begins one; {@code asker} gets the place to reply to. */
  public CompletableFuture<OperatorReply> ask(Consumer<String> asker) {
    String place = PLACE + last.incrementAndGet();
    CompletableFuture<OperatorReply> answer =
        new CompletableFuture<OperatorReply>()
            .completeOnTimeout(
                new OperatorReply(OperatorReply.Verdict.FAILED, "no answer in time"),
                OperatorMailbox.WAIT_MILLIS,
                TimeUnit.MILLISECONDS);
    waiting.put(place, answer);
    CompletableFuture<OperatorReply> done =
        answer.whenComplete((_, _) -> waiting.remove(place, answer));
    asker.accept(place);
    return done;
  }

  @Override
  public void accept(String replyTo, OperatorReply reply) {
    if (replyTo.startsWith(PLACE)) {
      CompletableFuture<OperatorReply> answer = waiting.get(replyTo);
      if (answer != null) {
        boolean _ = answer.complete(reply);
      }
    } else {
      elsewhere.accept(replyTo, reply);
    }
  }
}
