package io.blkwarden.controller.nats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsServer;
import io.nats.client.Connection;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.test.StepVerifier;

/** The adapter on a real server. */
final class NatsConnectionTest {
  private static final Duration BOUND = Duration.ofSeconds(30);
  private static final String BUCKET = JetStreamAssets.MAPPING;

  private final NatsServer server = NatsServer.start();
  private final Scheduler waiting = BlockingSchedulers.pool("test", 4, 100);
  private final Scheduler timer = BlockingSchedulers.single("test-timer");
  private final NatsConnection connection =
      new NatsConnection(
          new NatsSettings(server.url(), null, null, Subjects.DEFAULT, "c1"),
          "test",
          new ControllerCounters(),
          waiting,
          timer);
  private Connection other;

  @BeforeEach
  void connect() throws Exception {
    other = server.connect();
  }

  @AfterEach
  void stop() {
    connection.close();
    waiting.dispose();
    timer.dispose();
    server.close();
  }

  private void start() {
    connection.start();
    connection.awaitConnected().block(BOUND);
  }

  private void publish(String subject, String... texts) throws Exception {
    for (String text : texts) {
      other.publish(subject, text.getBytes(UTF_8));
    }
    other.flush(BOUND);
  }

  private static String text(BusMessage message) {
    return message.subject() + " " + new String(message.payload(), UTF_8);
  }

  @Test
  void subscriptionStartsBeforeAConnectionAndSurvivesAnOutage() throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    var _ =
        connection
            .subscription(List.of("one", "two", "ready"))
            .messages()
            .map(NatsConnectionTest::text)
            .subscribe(seen::add);
    start();
    await()
        .atMost(BOUND)
        .until(() -> {
          publish("ready", "");
          return seen.contains("ready ");
        });
    publish("one", "1");
    publish("two", "2");
    publish("one", "3");
    await().atMost(BOUND).until(() -> seen.contains("one 3"));
    assertThat(seen)
        .filteredOn(text -> !text.startsWith("ready"))
        .containsExactly("one 1", "two 2", "one 3");

    server.kill();
    await().atMost(BOUND).until(() -> connection.state() instanceof ConnectionState.Lost);
    server.run();
    await().atMost(BOUND).until(connection::isUp);
    other = server.connect();
    await()
        .atMost(BOUND)
        .until(() -> {
          publish("one", "4");
          return seen.contains("one 4");
        });
  }

  @Test
  void dropsAndCountsWithoutDemandAndUnsubscribesOnCancel() throws Exception {
    MessageSubscription feed = connection.subscription(List.of("one"));
    start();
    List<String> seen = new CopyOnWriteArrayList<>();
    BaseSubscriber<BusMessage> wantsOne =
        new BaseSubscriber<>() {
          @Override
          protected void hookOnSubscribe(Subscription subscription) {
            request(1);
          }

          @Override
          protected void hookOnNext(BusMessage message) {
            seen.add(text(message));
          }
        };
    feed.messages().subscribe(wantsOne);
    await()
        .atMost(BOUND)
        .until(() -> {
          publish("one", "1");
          return feed.dropped() > 1;
        });
    assertThat(seen).containsExactly("one 1");

    wantsOne.cancel();
    await("no subscriber")
        .atMost(BOUND)
        .untilAsserted(() ->
            StepVerifier.create(connection.request("h", "one", new byte[0], BOUND))
                .expectError(IOException.class)
                .verify(BOUND));
  }

  @Test
  void statesStartWithTheLatest() {
    StepVerifier.create(connection.states())
        .expectNext(new ConnectionState.Connecting(""))
        .then(connection::start)
        .expectNext(new ConnectionState.Up())
        .then(server::kill)
        .expectNext(new ConnectionState.Lost())
        .then(server::run)
        .expectNext(new ConnectionState.Up())
        .thenCancel()
        .verify(BOUND);
    StepVerifier.create(connection.states())
        .expectNext(new ConnectionState.Up())
        .thenCancel()
        .verify(BOUND);
  }

  @Test
  void requestIsAnsweredTimesOutOrFailsAtOnce() throws Exception {
    StepVerifier.create(connection.request("h", "ask", new byte[0], BOUND))
        .expectError(IllegalStateException.class)
        .verify(BOUND);
    start();
    other.subscribe("deaf");
    other
        .createDispatcher(m -> other.publish(m.getReplyTo(), m.getReplyTo().getBytes(UTF_8)))
        .subscribe("ask");
    other.flush(BOUND);
    StepVerifier.create(connection.request("h", "ask", new byte[0], BOUND))
        .assertNext(reply -> assertThat(new String(reply, UTF_8)).startsWith("_INBOX.h."))
        .expectComplete()
        .verify(BOUND);
    StepVerifier.create(connection.request("h", "deaf", new byte[0], Duration.ofMillis(200)))
        .expectError(TimeoutException.class)
        .verify(BOUND);
    StepVerifier.create(connection.request("h", "nobody", new byte[0], BOUND))
        .expectErrorMessage("no agent is subscribed to its commands")
        .verify(BOUND);
  }

  @Test
  void storesAMessageIdOnceAndRefusesLongMessages() throws Exception {
    Assets.ensure(other, Subjects.DEFAULT, server);
    start();
    String subject = Subjects.DEFAULT.prefix() + ".alert.x";
    for (int i = 0; i < 2; i++) {
      StepVerifier.create(connection.store(JetStreamAssets.ALERTS, subject, "id", new byte[1]))
          .expectComplete()
          .verify(BOUND);
    }
    StepVerifier.create(connection.store(JetStreamAssets.ALERTS, subject, "id2", new byte[2 << 20]))
        .expectError(IllegalArgumentException.class)
        .verify(BOUND);
    StepVerifier.create(connection.store("ELSEWHERE", subject, "id3", new byte[1]))
        .expectErrorSatisfies(
            e -> assertThat(connection.describe(e)).contains("JetStream refuses (expected stream"))
        .verify(BOUND);
    assertThat(
            other
                .jetStreamManagement()
                .getStreamInfo(JetStreamAssets.ALERTS)
                .getStreamState()
                .getMsgCount())
        .isOne();
  }

  private List<String> fill(int entries) throws Exception {
    List<String> keys = IntStream.range(0, entries).mapToObj(n -> "dom0-" + n).toList();
    for (String key : keys) {
      other.keyValue(BUCKET).put(key, key);
    }
    return keys;
  }

  @Test
  void emitsEntriesInOrderOnDemand() throws Exception {
    Assets.ensure(other, Subjects.DEFAULT, server);
    List<String> keys = fill(200);
    other.keyValue(BUCKET).delete("dom0-3");
    start();
    Flux<String> entries = connection.entries(BUCKET).map(KvEvent.Entry::key);
    StepVerifier.create(entries, 0)
        .thenRequest(2)
        .expectNext("dom0-0", "dom0-1")
        .expectNoEvent(Duration.ofMillis(200))
        .thenRequest(Long.MAX_VALUE)
        .expectNextSequence(keys.stream().skip(2).filter(key -> !key.equals("dom0-3")).toList())
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void readsEntriesOfABucketWithoutDirectGets() throws Exception {
    other
        .jetStreamManagement()
        .addStream(
            StreamConfiguration.builder()
                .name("KV_" + BUCKET)
                .subjects("$KV." + BUCKET + ".>")
                .maxMessagesPerSubject(1)
                .allowRollup(true)
                .allowDirect(false)
                .build());
    List<String> keys = fill(40);
    start();
    StepVerifier.create(connection.entries(BUCKET).map(each -> new String(each.value(), UTF_8)))
        .expectNextSequence(keys)
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void watchEmitsEntriesEndOfDataAndChanges() throws Exception {
    Assets.ensure(other, Subjects.DEFAULT, server);
    fill(2);
    start();
    Flux<String> events =
        connection
            .watch(BUCKET)
            .map(event ->
                event instanceof KvEvent.Entry entry
                    ? entry.key() + (entry.value() == null ? " deleted" : "")
                    : "whole");
    StepVerifier.create(events)
        .expectNext("dom0-0", "dom0-1", "whole")
        .then(() -> change("dom0-1"))
        .expectNext("dom0-1 deleted")
        .thenCancel()
        .verify(BOUND);
  }

  private void change(String key) {
    try {
      other.keyValue(BUCKET).delete(key);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void lastMessagesCompletesAfterTheNewest() throws Exception {
    Assets.ensure(other, Subjects.DEFAULT, server);
    String subject = Subjects.DEFAULT.prefix() + ".alert.x";
    start();
    Flux<String> tail =
        connection
            .lastMessages(JetStreamAssets.ALERTS, subject, 3, BOUND)
            .map(json -> new String(json, UTF_8));
    StepVerifier.create(tail).expectComplete().verify(BOUND);
    for (int i = 0; i < 5; i++) {
      other.jetStream().publish(subject, Integer.toString(i).getBytes(UTF_8));
    }
    StepVerifier.create(tail).expectNext("2", "3", "4").expectComplete().verify(BOUND);
  }

  @Test
  void createsMissingStreamsAndReportsIt() {
    start();
    StepVerifier.create(connection.ensureStreams()).expectNext(true).verifyComplete();
    StepVerifier.create(connection.ensureStreams()).expectNext(false).verifyComplete();
    StepVerifier.create(connection.checkJetStream()).expectComplete().verify(BOUND);
    StepVerifier.create(connection.purgeKey(BUCKET, "none")).expectComplete().verify(BOUND);
  }
}
