package io.blkwarden.controller.bus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.nats.Records;
import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.model.HostId;
import io.blkwarden.model.OperatorKey;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.OperatorReply.Verdict;
import io.blkwarden.model.message.RecordKind;
import io.blkwarden.model.message.ReplayPage;
import io.blkwarden.model.message.ReplayRequest;
import io.blkwarden.model.subject.HostToken;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.Headers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Reading stored messages in bounded pages. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RecordServerTest {
  private static final Subjects SUBJECTS = Subjects.DEFAULT;
  private static final OperatorKey KEY = new OperatorKey("U" + "A".repeat(55));

  private final NatsServer server = NatsServer.start();
  private final Connection client = connected();
  private final RecordServer desk =
      new RecordServer(
          new NatsSettings(server.url(), null, null, SUBJECTS, "c1"),
          new ControllerCounters(),
          Clock.systemUTC());

  private Connection connected() {
    try {
      return Nats.connect(server.url());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @BeforeAll
  void start() throws Exception {
    client.keyValueManagement().create(KeyValueConfiguration.builder("blkwarden-mapping").build());
    desk.start();
    await().until(() -> ask(RecordKind.MAPPING, ReplayRequest.since(null)) != null);
  }

  @BeforeEach
  void emptyStream() throws Exception {
    if (client.jetStreamManagement().getStreamNames().contains("BLKWARDEN_ALERTS")) {
      client.jetStreamManagement().deleteStream("BLKWARDEN_ALERTS");
    }
    client
        .jetStreamManagement()
        .addStream(
            StreamConfiguration.builder()
                .name("BLKWARDEN_ALERTS")
                .subjects("blkwarden.v1.alert.>")
                .build());
  }

  @AfterAll
  void stop() throws Exception {
    desk.close();
    client.close();
    server.close();
  }

  private @Nullable ReplayPage ask(RecordKind kind, ReplayRequest request) throws Exception {
    Message answer =
        client.request(
            SUBJECTS.replay(kind, KEY), ControlJson.encode(request), Duration.ofSeconds(20));
    return answer == null
        ? null
        : ControlJson.decode(ReplayPage.class, answer.getData())
                instanceof Decoded.Ok<ReplayPage>(ReplayPage page)
            ? page
            : null;
  }

  private ReplayPage alerts(ReplayRequest request) throws Exception {
    return Objects.requireNonNull(ask(RecordKind.ALERT, request));
  }

  private void alert(String host, String json) throws Exception {
    String subject = SUBJECTS.alert("warning", new HostId(host), "swap-storm");
    client.jetStream().publish(subject, json.getBytes(UTF_8));
  }

  private static ReplayRequest page(@Nullable String cursor, int limit) {
    return new ReplayRequest(cursor, null, null, null, null, limit);
  }

  private static List<String> texts(ReplayPage page) {
    List<String> texts = new ArrayList<>();
    page.records()
        .forEach(each ->
            texts.add(
                each.message() == null ? String.valueOf(each.problem()) : each.message().text()));
    return texts;
  }

  @Test
  void pagesContinueAtTheCursor() throws Exception {
    for (int i = 1; i <= 5; i++) {
      alert("dom0-7", "{\"n\":" + i + "}");
    }
    ReplayPage first = alerts(page(null, 2));
    assertThat(texts(first)).containsExactly("{\"n\":1}", "{\"n\":2}");
    assertThat(first.more()).isTrue();
    ReplayPage rest = alerts(page(first.cursor(), 100));
    assertThat(texts(rest)).containsExactly("{\"n\":3}", "{\"n\":4}", "{\"n\":5}");
    assertThat(rest.more()).isFalse();
    assertThat(alerts(page(rest.records().get(1).cursor(), 9)).records()).hasSize(1);

    ReplayPage nothing = alerts(page(rest.cursor(), 2));
    assertThat(nothing.records()).isEmpty();
    assertThat(nothing.cursor()).isEqualTo(rest.cursor());
    alert("dom0-7", "{\"n\":6}");
    assertThat(texts(alerts(page(nothing.cursor(), 2)))).containsExactly("{\"n\":6}");
  }

  @Test
  void filtersByHostTextAndTime() throws Exception {
    alert("dom0.example", "{\"domain\":\"vm1\\u001B\"}");
    alert("dom0-7", "{\"domain\":\"vm2\"}");
    ReplayPage all = alerts(page(null, 9));
    Instant second = all.records().get(1).at();

    ReplayRequest any = ReplayRequest.since(null);
    ReplayRequest host =
        new ReplayRequest(null, null, null, new HostId("dom0.example"), null, null);
    assertThat(alerts(host).records()).hasSize(1);
    assertThat(alerts(any.containing(List.of("none", "vm1\u001B"))).records()).hasSize(1);
    ReplayPage none = alerts(any.containing(List.of("vm3")));
    assertThat(none.records()).isEmpty();
    assertThat(none.cursor()).isEqualTo(all.cursor());
    assertThat(texts(alerts(ReplayRequest.since(second)))).containsExactly("{\"domain\":\"vm2\"}");
    assertThat(alerts(new ReplayRequest(null, null, second, null, null, null)).records())
        .hasSize(1);
  }

  @Test
  void pageIsAtMostHalfAMebibyte() throws Exception {
    String text = "x".repeat(16_000);
    for (int i = 0; i < 50; i++) {
      alert("dom0-7", "{\"n\":%d,\"a\":\"%s\"}".formatted(i, text));
    }
    int pages = 0;
    int records = 0;
    ReplayPage page = alerts(page(null, 1_000));
    while (true) {
      assertThat(ControlJson.encode(page).length).isLessThan((512 << 10) + 32_000);
      pages++;
      records += page.records().size();
      if (!page.more()) {
        break;
      }
      page = alerts(page(page.cursor(), 1_000));
    }
    assertThat(records).isEqualTo(50);
    assertThat(pages).isEqualTo(2);
  }

  @Test
  void refusesCursorOfAnotherStreamAndReportsGaps() throws Exception {
    for (int i = 1; i <= 4; i++) {
      alert("dom0-7", "{\"n\":" + i + "}");
    }
    String cursor = alerts(page(null, 1)).cursor();
    client
        .jetStreamManagement()
        .purgeStream("BLKWARDEN_ALERTS", io.nats.client.PurgeOptions.builder().keep(1).build());
    ReplayPage behind = alerts(page(cursor, 9));
    assertThat(behind.gap()).isTrue();
    assertThat(texts(behind)).containsExactly("{\"n\":4}");
    assertThat(alerts(page(behind.cursor(), 9)).gap()).isFalse();

    emptyStream();
    ReplayPage refused = alerts(page(cursor, 9));
    assertThat(refused.verdict()).isEqualTo(Verdict.REFUSED);
    assertThat(refused.detail()).contains("start again with since");
    assertThat(alerts(page("nonsense", 9)).verdict()).isEqualTo(Verdict.REFUSED);
  }

  @Test
  void storedMessageHasItsMessageId() throws Exception {
    Headers headers = new Headers().put("Nats-Msg-Id", "a.1.2");
    client
        .jetStream()
        .publish(
            SUBJECTS.alert("warning", new HostId("dom0-7"), "p"), headers, "{}".getBytes(UTF_8));
    assertThat(alerts(page(null, 9)).records().getFirst().id()).isEqualTo("a.1.2");
  }

  @Test
  void invalidMessagesAreReported() throws Exception {
    alert("dom0-7", "nonsense");
    alert("dom0-7", "[".repeat(14) + "]".repeat(14));
    alert("dom0-7", "{\"n\":1}");

    assertThat(texts(alerts(page(null, 9))))
        .containsExactly("unreadable", "unreadable", "{\"n\":1}");
  }

  @Test
  void compressesLargeMappingsAndOmitsThoseOfAnotherHost() throws Exception {
    String large =
        "{\"host\":\"dom0-7\",\"disks\":[%s]}"
            .formatted(
                String.join(
                    ",",
                    IntStream.range(0, 60_000)
                        .mapToObj(each -> "\"disk%d\"".formatted(each))
                        .toList()));
    assertThat(large.length()).isBetween(700_000, 1 << 20);
    var bucket = client.keyValue("blkwarden-mapping");
    bucket.put(HostToken.key(new HostId("dom0-7")), large);
    bucket.put(HostToken.key(new HostId("dom0.b")), "{\"host\":\"dom0-7\"}");
    bucket.put(HostToken.key(new HostId("dom0-c")), "{\"host\":\"dom0-c\"}");
    bucket.delete(HostToken.key(new HostId("dom0-c")));
    List<Records.Stored> maps = new ArrayList<>();

    Records.each(
        (kind, request) -> {
          try {
            return Objects.requireNonNull(ask(kind, request));
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        },
        RecordKind.MAPPING,
        ReplayRequest.since(null),
        () -> false,
        maps::add);

    assertThat(maps).extracting(Records.Stored::json).containsExactly(large, "");
    assertThat(maps.getLast().problem()).isEqualTo("wrong-host");
  }

  @Test
  void limitsTheRequestsOfEachUser() throws Exception {
    for (int i = 0; i < 2_000; i++) {
      alert("dom0-7", "{\"n\":%d,\"a\":\"%s\"}".formatted(i, "x".repeat(2_000)));
    }
    byte[] all = ControlJson.encode(ReplayRequest.since(null).containing(List.of("none")));
    List<CompletableFuture<Message>> flood = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      flood.add(client.request(SUBJECTS.replay(RecordKind.ALERT, KEY), all));
    }
    Message other =
        client.request(
            SUBJECTS.replay(RecordKind.ALERT, new OperatorKey("U" + "B".repeat(55))),
            ControlJson.encode(page(null, 1)),
            Duration.ofSeconds(60));

    assertThat(ControlJson.decode(ReplayPage.class, Objects.requireNonNull(other).getData()))
        .isInstanceOfSatisfying(
            Decoded.Ok.class,
            ok -> assertThat(((ReplayPage) ok.value()).verdict()).isEqualTo(Verdict.DONE));
    List<Verdict> verdicts = new ArrayList<>();
    for (CompletableFuture<Message> each : flood) {
      if (ControlJson.decode(ReplayPage.class, each.get().getData())
          instanceof Decoded.Ok<ReplayPage>(ReplayPage page)) {
        verdicts.add(page.verdict());
      }
    }
    assertThat(verdicts).hasSize(200).contains(Verdict.DONE, Verdict.REFUSED);
  }

  @Test
  void answersInvalidRequests() throws Exception {
    for (String subject :
        List.of("replay.claim", "replay.alert.not-a-key", "replay.alert." + KEY)) {
      Message answer =
          client.request(
              SUBJECTS.prefix() + "." + subject, "{}".getBytes(UTF_8), Duration.ofSeconds(20));
      assertThat(new String(Objects.requireNonNull(answer).getData(), UTF_8))
          .as(subject)
          .contains("\"verdict\":\"failed\"");
    }
  }
}
