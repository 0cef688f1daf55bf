package io.blkwarden.controller.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.bus.PublishQueue.Entry;
import io.blkwarden.controller.bus.StreamPublisher.Gate;
import io.blkwarden.controller.snapshot.ControllerCounters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Messages such as {@code a1}: the first letter is the key. */
final class StreamPublisherTest {
  private static final Duration TRIP = Duration.ofMillis(40);
  private static final Duration HOUR = Duration.ofHours(1);

  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  private final PublishQueue<String> queue =
      new PublishQueue<>(10_000, text -> text.substring(0, 1), _ -> false);
  private final ControllerCounters.Published counters =
      new ControllerCounters.Published(
          new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder());
  private final Sinks.Many<Boolean> reconnected = Sinks.many().multicast().directBestEffort();

  /** What was published, with the time in ms. */
  private final List<String> published = new ArrayList<>();

  private Gate gate = Gate.PUBLISH;
  private Function<String, Mono<Void>> server = _ -> Mono.delay(TRIP, time).then();

  private final StreamPublisher.Kind<String> kind =
      new StreamPublisher.Kind<>(
          "words", this::store, failed -> String.valueOf(failed.getMessage()), word -> word);

  private final StreamPublisher<String> publisher = publisher(queue);

  private StreamPublisher<String> publisher(PublishQueue<String> of) {
    return new StreamPublisher<>(
        kind,
        of,
        () -> gate,
        counters,
        reconnected.asFlux(),
        time,
        () -> 0L); // the shortest pauses: half of the nominal ones
  }

  private Mono<Void> store(Entry<String> entry) {
    published.add(time.now(TimeUnit.MILLISECONDS) + entry.message());
    return server.apply(entry.message());
  }

  @AfterEach
  void dispose() {
    time.dispose();
  }

  private Mono<Void> publish(String... words) {
    return publisher.publish(Flux.just(words));
  }

  private StepVerifier.FirstStep<Void> verify(Mono<Void> stored) {
    return StepVerifier.withVirtualTime(() -> stored, () -> time, Long.MAX_VALUE);
  }

  private void advance(Duration by) {
    time.advanceTimeBy(by);
  }

  @Test
  void messagesAreInFlightTogetherOnePerKey() {
    List.of("a1", "b1", "a2", "c1").forEach(queue::add);
    verify(publish("a3")).thenAwait(HOUR).verifyComplete();

    assertThat(published).containsExactly("0a1", "0b1", "0c1", "40a2", "80a3");
    assertThat(counters.published().sum()).isEqualTo(5);
    assertThat(queue.size()).isZero();
  }

  @Test
  void retriesInOrderBeforeLaterMessages() {
    List<String> refused = new ArrayList<>(List.of("b1", "d1"));
    server =
        word ->
            refused.remove(word)
                ? Mono.error(new IllegalStateException("no room"))
                : Mono.delay(TRIP, time).then();
    TestPublisher<String> words = TestPublisher.create();
    verify(publisher.publish(words.flux()))
        .then(() -> words.next("a1", "b1", "c1", "d1"))
        .thenAwait(Duration.ofMillis(90))
        .then(() ->
            assertThat(publisher.problem())
                .isEqualTo("2 words not stored by NATS yet, retrying: no room"))
        .then(() -> words.next("e1").complete())
        .thenAwait(HOUR)
        .verifyComplete();

    assertThat(published).containsExactly("0a1", "40b1", "40c1", "40d1", "130b1", "130d1", "130e1");
    assertThat(counters.retried().sum()).isEqualTo(2);
    assertThat(publisher.problem()).isEmpty();
  }

  @Test
  void pausesDoubleUpToALimitAndResetAfterSuccess() {
    server = _ -> Mono.error(new IllegalStateException("away"));
    TestPublisher<String> words = TestPublisher.create();
    verify(publisher.publish(words.flux()))
        .then(() -> words.next("a1"))
        .thenAwait(Duration.ofMillis(6_350))
        .then(() -> {
          assertThat(published)
              .containsExactly(
                  "0a1", "50a1", "150a1", "350a1", "750a1", "1550a1", "3150a1", "4750a1", "6350a1");
          published.clear();
          server =
              word -> word.equals("a1") ? Mono.empty() : Mono.error(new IllegalStateException());
        })
        .thenAwait(Duration.ofMillis(1_600))
        .then(() -> words.next("b1"))
        .thenAwait(Duration.ofMillis(50))
        .then(() -> assertThat(published).containsExactly("7950a1", "7950b1", "8000b1"))
        .thenCancel()
        .verify();
  }

  @Test
  void retriesAtOnceWhenNatsIsBack() {
    server = _ -> Mono.error(new IllegalStateException("away"));
    verify(publish("a1"))
        .thenAwait(Duration.ofSeconds(2))
        .then(() -> {
          published.clear();
          server = _ -> Mono.empty();
          reconnected.tryEmitNext(true);
        })
        .verifyComplete();
    assertThat(published).containsExactly("2000a1");
  }

  @Test
  void waitsAndDiscardsAccordingToTheGate() {
    gate = Gate.WAIT;
    verify(publish("a1", "a2", "b1"))
        .expectSubscription()
        .expectNoEvent(HOUR)
        .then(() -> {
          assertThat(queue.size()).isEqualTo(3);
          assertThat(publisher.problem()).isEmpty();
          gate = Gate.DISCARD;
        })
        .thenAwait(Duration.ofSeconds(5))
        .verifyComplete();
    assertThat(published).isEmpty();
    assertThat(counters.discarded().sum()).isEqualTo(3);
    assertThat(counters.published().sum()).isZero();
  }

  @Test
  void completesWithNothingToPublish() {
    gate = Gate.WAIT;
    verify(publisher.publish(Flux.empty())).verifyComplete();
  }

  @Test
  void rejectedMessagesAreCounted() {
    server =
        word ->
            word.equals("a1")
                ? Mono.error(new IllegalArgumentException("too long"))
                : Mono.delay(TRIP, time).then();
    verify(publish("a1", "a2", "b1")).thenAwait(HOUR).verifyComplete();
    assertThat(counters.lost().sum()).isOne();
    assertThat(counters.published().sum()).isEqualTo(2);
  }

  @Test
  void publishesTheQueueBeforeAnErrorOfTheSource() {
    TestPublisher<String> words = TestPublisher.create();
    verify(publisher.publish(words.flux()))
        .then(() -> words.next("a1", "a2").error(new IllegalStateException("engine")))
        .thenAwait(HOUR)
        .verifyErrorMessage("engine");
    assertThat(published).containsExactly("0a1", "40a2");
    assertThat(queue.size()).isZero();
  }

  @Test
  void cancellingStopsAtOnceAndKeepsTheQueue() {
    TestPublisher<String> words = TestPublisher.create();
    verify(publisher.publish(words.flux()))
        .then(() -> words.next("a1", "a2"))
        .thenAwait(Duration.ofMillis(10))
        .thenCancel()
        .verify();
    words.assertCancelled();
    advance(HOUR);
    assertThat(published).containsExactly("0a1");
    assertThat(queue.size()).isEqualTo(2);
  }

  @Test
  void publishesTenThousandWithinSecondsAtAShortRoundTrip() {
    StreamPublisher<String> wide = publisher(new PublishQueue<>(10_000, text -> text, _ -> false));
    verify(wide.publish(Flux.range(0, 10_000).map(n -> "w" + n)))
        .thenAwait(Duration.ofSeconds(2))
        .verifyComplete();
    assertThat(counters.published().sum()).isEqualTo(10_000);
  }
}
