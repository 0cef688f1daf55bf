package io.blkwarden.systemtests.access;

import static io.nats.client.Connection.Status.CONNECTED;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.model.HostId;
import io.blkwarden.model.subject.Subjects;
import io.nats.client.Message;
import io.nats.client.Subscription;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connected hosts with separate seeds, while other hosts are added and removed. */
final class FleetOfUsersTest {
  private static final int HOSTS = 300;
  private static final Duration BOUND = Duration.ofSeconds(90);
  private static final Subjects SUBJECTS = Subjects.DEFAULT;

  private final GuardedNats nats;
  private final GuardedNats.Client controllers;
  private final Subscription heartbeats;
  private final Map<String, Host> fleet = new TreeMap<>();

  /** A host subscribed to its commands, and the text of its seed file. */
  private record Host(GuardedNats.Client client, Subscription commands, String seed) {}

  FleetOfUsersTest(@TempDir Path folder) throws Exception {
    String[] names =
        IntStream.rangeClosed(1, HOSTS).mapToObj(n -> "dom0-" + n).toArray(String[]::new);
    nats = GuardedNats.start(folder, names);
    controllers = nats.client("controller");
    heartbeats = controllers.connection().subscribe(SUBJECTS.allHeartbeats());
    for (String name : names) {
      join(name);
    }
  }

  @AfterEach
  void stop() throws Exception {
    nats.stop();
  }

  private void join(String name) throws Exception {
    GuardedNats.Client client = nats.client("host-" + name);
    Subscription commands = client.connection().subscribe(SUBJECTS.command(new HostId(name)));
    client.connection().flush(BOUND);
    fleet.put(name, new Host(client, commands, Files.readString(nats.seed("host-" + name))));
  }

  @Test
  void addingAndRemovingHostsDoesNotAffectOthers() throws Exception {
    allAreAtWork();

    nats.init("dom0-late");
    await("the new host connects")
        .atMost(BOUND)
        .ignoreExceptions()
        .until(() -> {
          join("dom0-late");
          return true;
        });
    allAreAtWork();

    Host leaving = Objects.requireNonNull(fleet.remove("dom0-150"));
    Files.delete(nats.seed("host-dom0-150"));
    nats.init();
    await("is disconnected")
        .atMost(BOUND)
        .until(() -> leaving.client().connection().getStatus() != CONNECTED);
    allAreAtWork();
  }

  /** Each host receives its own command and is identified, on its original connection. */
  private void allAreAtWork() throws Exception {
    Set<String> awaited = new HashSet<>();
    for (String name : fleet.keySet()) {
      HostId host = new HostId(name);
      controllers.connection().publish(SUBJECTS.command(host), name.getBytes(UTF_8));
      fleet.get(name).client().connection().publish(SUBJECTS.heartbeat(host), new byte[0]);
      awaited.add(SUBJECTS.heartbeat(host));
    }
    while (!awaited.isEmpty()) {
      Message beat = heartbeats.nextMessage(BOUND);
      assertThat(beat).as("missing: %s", awaited).isNotNull();
      assertThat(awaited.remove(beat.getSubject())).as(beat.getSubject()).isTrue();
    }
    for (Map.Entry<String, Host> each : fleet.entrySet()) {
      Host host = each.getValue();
      Message command = host.commands().nextMessage(BOUND);
      assertThat(command).as(each.getKey()).isNotNull();
      assertThat(new String(command.getData(), UTF_8)).isEqualTo(each.getKey());
      assertThat(host.client().connection().getStatistics().getReconnects()).isZero();
      assertThat(host.client().denied()).as(each.getKey()).isEmpty();
      assertThat(Files.readString(nats.seed("host-" + each.getKey()))).isEqualTo(host.seed());
    }
    assertThat(controllers.connection().getStatistics().getReconnects()).isZero();
    assertThat(controllers.denied()).isEmpty();
  }
}
