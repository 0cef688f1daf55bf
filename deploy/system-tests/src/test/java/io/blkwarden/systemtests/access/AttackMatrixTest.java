package io.blkwarden.systemtests.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.app.ControllerRuntime;
import io.blkwarden.controller.bus.access.Grants;
import io.blkwarden.controller.bus.access.Grants.Permissions;
import io.blkwarden.controller.bus.access.Role;
import io.blkwarden.controller.config.ControllerSettings;
import io.blkwarden.controller.config.NotifyFile;
import io.blkwarden.controller.engine.EngineSettings;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.model.HostId;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.systemtests.Policies;
import io.blkwarden.systemtests.access.Attacks.Attack;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.NKey;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.StreamInfoOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every role publishes to every permitted subject, with every reply subject and header that could
 * make the server act on its behalf, on each nats-server version.
 *
 * <p>A spy watches the controllers' account, and answers every request on its reply subject, like a
 * naive program.
 */
final class AttackMatrixTest {
  /** Reports of the server itself, such as consumer timeouts; the stored state is compared. */
  private static final String ADVISORIES = "$JS.EVENT.ADVISORY.";

  private static final Subjects SUBJECTS = Subjects.DEFAULT;
  private static final int BATCH = 200;

  private final Path folder;
  private final List<RawNats> victims = new ArrayList<>();

  AttackMatrixTest(@TempDir Path folder) {
    this.folder = folder;
  }

  /** Attackers, and victims of the same role. */
  private static final Map<String, Role> ROLES = roles();

  private static Map<String, Role> roles() {
    Map<String, Role> roles = new LinkedHashMap<>();
    for (String name : List.of("attacker", "other")) {
      roles.put("host-" + name, new Role.Host(new HostId(name)));
      roles.put("operator-" + name, new Role.Person(Role.Kind.OPERATOR, name));
      roles.put("viewer-" + name, new Role.Person(Role.Kind.VIEWER, name));
    }
    roles.put("controller", new Role.Controllers());
    return roles;
  }

  static Stream<String> servers() {
    return NatsPrograms.all();
  }

  @ParameterizedTest
  @MethodSource("servers")
  void noRoleExceedsItsPermissions(String server) throws Exception {
    GuardedNats nats =
        GuardedNats.withSpy(
            server,
            folder,
            "attacker",
            "other",
            "--operator=attacker",
            "--operator=other",
            "--viewer=attacker",
            "--viewer=other");
    Connection admin =
        Nats.connect(Options.builder().server(nats.url()).userInfo("spy", "spy").build());
    try (RawNats spy = RawNats.withPassword(nats.port(), "spy", "spy")) {
      Map<Role, String> keys = new LinkedHashMap<>();
      for (Map.Entry<String, Role> each : ROLES.entrySet()) {
        keys.put(each.getValue(), key(nats, each.getKey()));
      }
      Grants grants = new Grants(SUBJECTS, key(nats, "controller"));
      prepare(nats, admin, Policies.harmless(folder));
      JetStreamManagement streams = admin.jetStreamManagement();
      Set<String> targets = Attacks.targets(grants, keys, streams.getStreamNames());
      targets.add(pendingAck(admin));
      spy.subscribe(">");
      for (String other : List.of("host-other", "operator-other", "viewer-other")) {
        RawNats victim = RawNats.withSeed(nats.port(), nats.secret(other));
        Permissions may = grants.of(role(other), key(nats, other));
        for (String subject : may.subscribe()) {
          victim.subscribe(subject);
        }
        victim.subscribe(may.inbox());
        victim.sync();
        victims.add(victim);
      }
      for (String attacker : List.of("host-attacker", "operator-attacker", "viewer-attacker")) {
        Permissions may = grants.of(role(attacker), key(nats, attacker));
        try (RawNats raw = RawNats.withSeed(nats.port(), nats.secret(attacker))) {
          attack(attacker, raw, spy, admin, may, targets);
        }
      }
      assertThat(streams.getConsumerInfo("BLKWARDEN_ALERTS", "pager").getNumAckPending()).isOne();
    } finally {
      for (RawNats victim : victims) {
        victim.close();
      }
      admin.close();
      nats.stop();
    }
  }

  private void attack(
      String who, RawNats raw, RawNats spy, Connection admin, Permissions may, Set<String> targets)
      throws Exception {
    Map<String, String> before = state(admin, may);
    spy.sync();
    spy.take();
    Set<String> heard = new TreeSet<>();
    List<Attack> all = Attacks.of(may, targets, "{\"attack\":1}");
    for (int from = 0; from < all.size(); from += BATCH) {
      List<Attack> batch = all.subList(from, Math.min(from + BATCH, all.size()));
      for (Attack each : batch) {
        raw.publish(each.subject(), each.replyTo(), each.headers(), each.payload());
      }
      raw.sync();
      List<RawNats.Arrived> asked = legitimate(who, may, spy);
      for (RawNats.Arrived each : asked) {
        if (!each.replyTo().isEmpty()) {
          spy.publish(each.replyTo(), "", Map.of(), "answer");
        }
      }
      spy.sync();
      raw.sync();
      legitimate(who, may, spy);
      for (RawNats victim : victims) {
        legitimate(who, may, victim).forEach(each -> heard.add(each.subject()));
      }
      long mayNot =
          batch.stream()
              .filter(
                  each -> may.publish().stream().noneMatch(g -> Attacks.matches(g, each.subject())))
              .count();
      List<String> denied = raw.takeErrors();
      assertThat(denied).allMatch(error -> error.contains("Permissions Violation for Publish"));
      assertThat(denied.stream().filter(error -> !error.contains("with Reply")).count())
          .as("%s: denied messages of %s", who, batch)
          .isEqualTo(mayNot);
    }
    if (who.startsWith("host-")) { // permitted messages reach their subscribers
      assertThat(heard).hasSizeGreaterThan(3).anyMatch(each -> each.contains(".mapping."));
    }
    assertThat(state(admin, may)).as("state that %s must not change", who).isEqualTo(before);
  }

  /** Received messages, none of which is on a subject denied to the attacker. */
  private static List<RawNats.Arrived> legitimate(String who, Permissions may, RawNats at)
      throws Exception {
    at.sync();
    List<RawNats.Arrived> arrived = at.take();
    for (RawNats.Arrived each : arrived) {
      assertThat(each.subject())
          .as("%s made the server publish %s", who, each.text())
          .satisfies(subject ->
              assertThat(
                      subject.startsWith("_R_.")
                          || subject.startsWith(ADVISORIES)
                          || may.publish().stream().anyMatch(g -> Attacks.matches(g, subject)))
                  .isTrue());
    }
    return arrived;
  }

  /** All stored messages on subjects denied to the attacker, and their configuration. */
  private static Map<String, String> state(Connection admin, Permissions may) throws Exception {
    Map<String, String> state = new TreeMap<>();
    JetStreamManagement streams = admin.jetStreamManagement();
    for (String stream : streams.getStreamNames()) {
      var info = streams.getStreamInfo(stream, StreamInfoOptions.allSubjects());
      state.put(stream, info.getConfiguration().toJson());
      state.put(stream + " consumers", streams.getConsumerNames(stream).toString());
      for (var subject : info.getStreamState().getSubjects()) {
        if (may.publish().stream().noneMatch(g -> Attacks.matches(g, subject.getName()))) {
          state.put(subject.getName(), stored(streams, stream, subject.getName()));
        }
      }
    }
    return state;
  }

  private static String stored(JetStreamManagement streams, String stream, String subject)
      throws Exception {
    StringBuilder all = new StringBuilder();
    try {
      for (long next = 1; true; ) {
        MessageInfo message = streams.getNextMessage(stream, next, subject);
        all.append(message.getSeq()).append(new String(message.getData(), UTF_8)).append('\n');
        next = message.getSeq() + 1;
      }
    } catch (JetStreamApiException e) {
      assertThat(e.getErrorCode()).isEqualTo(404);
      return all.toString();
    }
  }

  /** Starts a controller, which creates the streams, and stores messages of each kind. */
  private static void prepare(GuardedNats nats, Connection admin, Path policies) throws Exception {
    ControllerRuntime controller =
        ControllerRuntime.start(
            new ControllerSettings(
                new NatsSettings(nats.url(), nats.seed("controller"), null, SUBJECTS, "c1"),
                policies,
                null,
                null,
                null,
                NotifyFile.NONE,
                ControllerSettings.METRICS_DISKS),
            EngineSettings.DEFAULT);
    try {
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> controller.readiness().blockers().isEmpty());
    } finally {
      controller.close();
    }
    HostId other = new HostId("other");
    for (String subject :
        List.of(
            SUBJECTS.alert("critical", other, "p"),
            SUBJECTS.decision(other),
            SUBJECTS.outcome(other),
            "$KV.blkwarden-mapping.other",
            "$KV.blkwarden-silences.pause",
            "$KV.blkwarden-spec.key")) {
      admin.jetStream().publish(subject, subject.getBytes(UTF_8));
    }
  }

  /** The reply subject of a delivered alert that is not acknowledged. */
  private static String pendingAck(Connection admin) throws Exception {
    admin
        .jetStreamManagement()
        .createConsumer(
            "BLKWARDEN_ALERTS",
            ConsumerConfiguration.builder()
                .durable("pager")
                .ackPolicy(AckPolicy.Explicit)
                .ackWait(Duration.ofHours(1))
                .build());
    return Objects.requireNonNull(
            admin.getConsumerContext("BLKWARDEN_ALERTS", "pager").next(Duration.ofSeconds(10)))
        .getReplyTo();
  }

  private static Role role(String user) {
    return Objects.requireNonNull(ROLES.get(user));
  }

  private static String key(GuardedNats nats, String user) throws Exception {
    return new String(NKey.fromSeed(nats.secret(user).toCharArray()).getPublicKey());
  }
}
