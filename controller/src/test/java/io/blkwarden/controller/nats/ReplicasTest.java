package io.blkwarden.controller.nats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsCluster;
import io.blkwarden.testing.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.api.Replica;
import io.nats.client.api.StreamInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** JetStreamAssets.Replicas of streams and buckets on real servers, alone and in clusters. */
final class ReplicasTest {
  private static final Duration BOUND = Duration.ofSeconds(30);

  private final List<AutoCloseable> open = new ArrayList<>();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(JetStreamAssets.Replicas.class);

  @BeforeEach
  void listen() {
    log.start();
    logger.setLevel(Level.INFO);
    logger.addAppender(log);
  }

  @AfterEach
  void close() throws Exception {
    logger.detachAppender(log);
    logger.setLevel(null);
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private <T extends AutoCloseable> T closing(T resource) {
    open.add(resource);
    return resource;
  }

  private Connection connect(NatsServer server) throws Exception {
    return closing(Nats.connect(server.url()));
  }

  private static JetStreamAssets assets(Connection connection, int replicas) {
    return new JetStreamAssets(
        connection,
        new NatsSettings("nats://here", null, null, Subjects.DEFAULT, "c1").with(0, replicas));
  }

  /** Retries like the controller, because replicas elect a leader after a change. */
  private static void awaitReplicas(Connection connection, JetStreamAssets assets, int expected) {
    await()
        .atMost(BOUND)
        .ignoreExceptions()
        .untilAsserted(() -> {
          boolean _ = assets.ensureAll();
          allHave(connection, expected);
        });
  }

  private static void allHave(Connection connection, int replicas) throws Exception {
    assertThat(connection.jetStreamManagement().getStreams())
        .extracting(each -> each.getConfiguration().getReplicas())
        .hasSize(7)
        .containsOnly(replicas);
  }

  private List<String> messages() {
    return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void singleServerHasOneReplicaAndReportsIt() throws Exception {
    Connection connection = connect(closing(NatsServer.start()));
    boolean _ = assets(connection, JetStreamAssets.Replicas.AUTO).ensureAll();
    allHave(connection, 1);
    assertThat(messages()).isEmpty();

    JetStreamAssets three = assets(connection, 3);
    boolean _ = three.ensureAll();
    boolean _ = three.ensureAll();
    allHave(connection, 1);
    assertThat(messages())
        .singleElement()
        .asString()
        .contains("--replicas 3: NATS at nats://here is one server", "Configure a cluster of 3");
  }

  @Test
  void clusterOfTwoHasOneReplicaUntilThereAreThreeServers() throws Exception {
    NatsCluster cluster = closing(NatsCluster.start(3, 2, ""));
    Connection connection = connect(cluster.server(0));
    JetStreamAssets auto = assets(connection, JetStreamAssets.Replicas.AUTO);
    boolean _ = auto.ensureAll();
    allHave(connection, 1);
    assertThat(messages())
        .singleElement()
        .asString()
        .contains("fewer than 3 replicas", "BLKWARDEN_AUDIT", "Add nats-servers");
    for (int i = 0; i < 100; i++) {
      connection
          .jetStream()
          .publish("blkwarden.v1.outcome.dom0-7", ("outcome " + i).getBytes(UTF_8));
    }
    connection.keyValue(JetStreamAssets.LEADER).put("controller", "1 c1 r");

    cluster.run(2);
    awaitReplicas(connection, auto, 3);
    assertThat(messages()).last().asString().contains("all streams and buckets have 3 replicas");
    for (StreamSpec plan : StreamSpec.all(Subjects.DEFAULT)) {
      await(plan.name())
          .atMost(BOUND)
          .ignoreExceptions()
          .until(() -> current(connection, plan.name()));
    }
    cluster.server(cluster.leaderOf(JetStreamAssets.AUDIT)).kill();
    Connection other = connect(cluster.server(cluster.leaderOf(JetStreamAssets.AUDIT)));
    await("nothing is lost with a server")
        .atMost(BOUND)
        .ignoreExceptions()
        .until(() -> messages(other, JetStreamAssets.AUDIT) == 100);
    assertThat(other.keyValue(JetStreamAssets.LEADER).get("controller").getValueAsString())
        .isEqualTo("1 c1 r");
  }

  private static long messages(Connection connection, String stream) throws Exception {
    return connection.jetStreamManagement().getStreamInfo(stream).getStreamState().getMsgCount();
  }

  private static boolean current(Connection connection, String stream) throws Exception {
    StreamInfo info = connection.jetStreamManagement().getStreamInfo(stream);
    List<Replica> others = Objects.requireNonNull(info.getClusterInfo()).getReplicas();
    return others != null && others.size() == 2 && others.stream().allMatch(Replica::isCurrent);
  }

  @Test
  void clusterOfThreeHasThreeReplicasUnlessConfigured() throws Exception {
    NatsCluster cluster = closing(NatsCluster.start(3));
    Connection connection = connect(cluster.server(0));
    boolean _ = assets(connection, JetStreamAssets.Replicas.AUTO).ensureAll();
    allHave(connection, 3);
    assertThat(
            connection
                .jetStreamManagement()
                .getStreamInfo("KV_" + JetStreamAssets.LEADER)
                .getConfiguration()
                .getAllowDirect())
        .as("the lease is read from the stream leader")
        .isFalse();

    awaitReplicas(connection, assets(connection, 1), 1);
    awaitReplicas(connection, assets(connection, 5), 3);
    assertThat(messages()).last().asString().contains("--replicas 5", "until it has 5");
    cluster.server(2).kill();
    awaitReplicas(connection, assets(connection, JetStreamAssets.Replicas.AUTO), 3);
  }

  @Test
  void clusterWithLittleStorageHasThreeSmallReplicas() throws Exception {
    NatsCluster cluster = closing(NatsCluster.start(3, 3, "jetstream { max_file_store: 400M }"));
    Connection connection = connect(cluster.server(1));
    boolean _ = assets(connection, JetStreamAssets.Replicas.AUTO).ensureAll();
    allHave(connection, 3);
    assertThat(
            connection
                .jetStreamManagement()
                .getStreamInfo("KV_" + JetStreamAssets.MAPPING)
                .getConfiguration()
                .getMaxBytes())
        .isLessThan(400L << 20);
  }
}
