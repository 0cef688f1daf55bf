package io.blkwarden.controller.nats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsServer;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.Nats;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.Headers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Streams and buckets on a real server, new ones and those of earlier versions. */
final class JetStreamAssetsTest {
  private static final Subjects SUBJECTS = Subjects.DEFAULT;
  private static final List<String> RECORDS =
      List.of(JetStreamAssets.ALERTS, JetStreamAssets.AUDIT, JetStreamAssets.DECISIONS);

  private final NatsServer server;
  private final Connection connection;
  private final JetStreamManagement streams;

  JetStreamAssetsTest() throws Exception {
    server = NatsServer.start();
    connection = Nats.connect(server.url());
    streams = connection.jetStreamManagement();
  }

  @AfterEach
  void stop() throws Exception {
    connection.close();
    server.close();
  }

  private void ensure() throws NatsException {
    boolean _ =
        new JetStreamAssets(connection, new NatsSettings(server.url(), null, null, SUBJECTS, "c1"))
            .ensureAll();
  }

  private StreamConfiguration of(String stream) throws Exception {
    return streams.getStreamInfo(stream).getConfiguration();
  }

  private void allAreProtected() throws Exception {
    for (String stream : streams.getStreamNames()) {
      StreamConfiguration found = of(stream);
      assertThat(found.getAllowRollup()).as(stream).isFalse();
      assertThat(found.getDenyDelete()).as(stream).isTrue();
      assertThat(found.getDenyPurge()).as(stream).isEqualTo(RECORDS.contains(stream));
      assertThat(found.getMaxMsgsPerSubject()).as(stream).isPositive();
      assertThat(found.getMaximumMessageSize()).as(stream).isPositive();
    }
  }

  @Test
  void newStreamsAreProtected() throws Exception {
    ensure();
    assertThat(streams.getStreamNames()).hasSize(7).containsAll(RECORDS);
    allAreProtected();
    for (String bucket : connection.keyValueManagement().getBucketNames()) {
      connection.keyValue(bucket).put("key", "value");
      assertThat(connection.keyValue(bucket).get("key").getValueAsString()).isEqualTo("value");
      connection.keyValue(bucket).delete("key");
      assertThat(connection.keyValue(bucket).get("key")).isNull();
    }
  }

  /** Streams of the previous version, with an operator's changes, which are kept. */
  @Test
  void existingStreamsAreProtectedAndKeepTheirMessages() throws Exception {
    streams.addStream(
        StreamConfiguration.builder()
            .name(JetStreamAssets.AUDIT)
            .subjects("other.v1.outcome.*")
            .maxBytes(1 << 20)
            .maxMessagesPerSubject(7)
            .build());
    connection.jetStream().publish("other.v1.outcome.dom0-7", "kept".getBytes(UTF_8));
    connection
        .keyValueManagement()
        .create(
            KeyValueConfiguration.builder(JetStreamAssets.MAPPING)
                .maximumValueSize(1 << 20)
                .maxBucketSize(1 << 22)
                .build());
    connection.keyValue(JetStreamAssets.MAPPING).put("dom0-7", "map");

    ensure();
    allAreProtected();
    StreamConfiguration audit = of(JetStreamAssets.AUDIT);
    assertThat(audit.getMaxMsgsPerSubject()).isEqualTo(7);
    assertThat(audit.getMaxBytes()).isEqualTo(1 << 20);
    assertThat(audit.getSubjects()).contains("other.v1.outcome.*", SUBJECTS.allOutcomes());
    assertThat(streams.getMessage(JetStreamAssets.AUDIT, 1).getData()).asString().isEqualTo("kept");
    assertThat(connection.keyValue(JetStreamAssets.MAPPING).get("dom0-7").getValueAsString())
        .isEqualTo("map");
  }

  @Test
  void recordsCannotBeRemoved() throws Exception {
    ensure();
    Map<String, String> subjects =
        Map.of(
            JetStreamAssets.ALERTS, "blkwarden.v1.alert.warning.dom0-7.p",
            JetStreamAssets.AUDIT, "blkwarden.v1.outcome.dom0-7",
            JetStreamAssets.DECISIONS, "blkwarden.v1.decision.dom0-7");
    for (String stream : RECORDS) {
      String subject = subjects.get(stream);
      connection.jetStream().publish(subject, new byte[0]);
      for (String scope : List.of("all", "sub")) {
        Headers rollup = new Headers().put("Nats-Rollup", scope);
        assertThatThrownBy(() -> connection.jetStream().publish(subject, rollup, new byte[0]))
            .isInstanceOf(JetStreamApiException.class);
      }
      assertThatThrownBy(() -> streams.purgeStream(stream)).hasMessageContaining("purge");
      assertThatThrownBy(() -> streams.deleteMessage(stream, 1)).hasMessageContaining("delete");
      assertThat(streams.getStreamInfo(stream).getStreamState().getMsgCount()).isOne();
    }
  }

  /** A host that publishes without limit loses only its own oldest outcomes. */
  @Test
  void hostDoesNotEvictOthers() throws Exception {
    streams.addStream(
        StreamConfiguration.builder()
            .name(JetStreamAssets.AUDIT)
            .subjects(SUBJECTS.allOutcomes())
            .maxMessagesPerSubject(20)
            .maxBytes(1 << 20)
            .build());
    ensure();
    connection.jetStream().publish("blkwarden.v1.outcome.quiet", new byte[0]);
    for (int i = 0; i < 100; i++) {
      connection.jetStream().publish("blkwarden.v1.outcome.loud", new byte[30_000]);
    }
    assertThat(streams.getMessage(JetStreamAssets.AUDIT, 1).getSubject()).endsWith("quiet");
    assertThatThrownBy(
            () -> connection.jetStream().publish("blkwarden.v1.outcome.loud", new byte[40_000]))
        .hasMessageContaining("size");
  }
}
