package io.blkwarden.systemtests.access;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.controller.app.ControllerRuntime;
import io.blkwarden.controller.config.ControllerSettings;
import io.blkwarden.controller.config.NotifyFile;
import io.blkwarden.controller.engine.EngineSettings;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.systemtests.Certificate;
import io.blkwarden.systemtests.NatsProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster configured by {@code nats init --cluster}, and a server that does not belong to it. */
final class NatsClusterAccessTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final int ROUTE_PORT_ABOVE = 2_000;

  private final Path folder;
  private final List<NatsProcess> servers = new ArrayList<>();

  NatsClusterAccessTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @AfterEach
  void stop() {
    servers.forEach(NatsProcess::close);
  }

  /** Client ports whose route ports are free, too. */
  private static List<Integer> ports(int count) throws IOException {
    Set<Integer> ports = new HashSet<>();
    while (ports.size() < count) {
      int port = NatsProcess.freePort();
      if (port < 63_000 && isFree(port + ROUTE_PORT_ABOVE)) {
        ports.add(port);
      }
    }
    return List.copyOf(ports);
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port)) {
      return socket.isBound();
    } catch (IOException _) {
      return false;
    }
  }

  @Test
  void serverWithoutThePasswordCannotJoinTheCluster() throws Exception {
    List<Integer> ports = ports(4);
    Certificate ours = Certificate.selfSigned(folder, "ours", "IP:127.0.0.1");
    Path nats = folder.resolve("nats");
    GuardedNats.CommandOutput said =
        GuardedNats.run(
            Map.of(),
            "nats",
            "init",
            "--dir=" + nats,
            "--store=" + folder.resolve("store"),
            "--cluster=127.0.0.1:%d,127.0.0.1:%d,127.0.0.1:%d"
                .formatted(ports.get(0), ports.get(1), ports.get(2)),
            "--tls-cert=" + ours.chain(),
            "--tls-key=" + ours.key(),
            "dom0-7");
    assertThat(said.code()).as(said.err()).isZero();
    for (int number = 1; number <= 3; number++) {
      start(nats, number, ports.get(number - 1));
    }

    ControllerRuntime controller =
        ControllerRuntime.start(
            new ControllerSettings(
                new NatsSettings(
                    "tls://127.0.0.1:%d,tls://127.0.0.1:%d".formatted(ports.get(0), ports.get(1)),
                    nats.resolve("seeds/controller.nk"),
                    ours.chain(),
                    Subjects.DEFAULT,
                    "c1"),
                null,
                null,
                null,
                null,
                NotifyFile.NONE,
                ControllerSettings.METRICS_DISKS),
            EngineSettings.DEFAULT);
    try {
      await("streams on three servers").atMost(BOUND).until(() -> replicated(3));
    } finally {
      boolean _ = controller.stop(Duration.ofSeconds(5));
    }
    stranger(nats, ports);
  }

  /** Starts each server in its own directory, as on separate machines. */
  private void start(Path nats, int number, int port) throws IOException {
    Path machine = Files.createDirectory(folder.resolve("machine" + number));
    for (String file : List.of("users.conf", "accounts.conf", "routes.conf")) {
      Files.copy(nats.resolve(file), machine.resolve(file));
    }
    String name = number == 1 ? "nats-server.conf" : "nats-server-%d.conf".formatted(number);
    String store = folder.resolve("store").toString();
    Path config =
        Files.writeString(
            machine.resolve("nats-server.conf"),
            Files.readString(nats.resolve(name)).replace(store, store + number));
    servers.add(new NatsProcess(machine, port, List.of("-c", config.toString())));
  }

  private boolean replicated(int count) throws IOException {
    for (int number = 1; number <= count; number++) {
      Path streams = folder.resolve("store" + number + "/jetstream/BLKWARDEN/streams");
      if (!Files.isDirectory(streams.resolve("KV_blkwarden-claim"))) {
        return false;
      }
    }
    return true;
  }

  /** It has the configuration and the certificate, but not the password. */
  private void stranger(Path nats, List<Integer> ports) throws Exception {
    int port = ports.get(3);
    Path machine = Files.createDirectory(folder.resolve("stranger"));
    String routes = Files.readString(nats.resolve("routes.conf"));
    Files.writeString(
        machine.resolve("routes.conf"), routes.replaceAll("route:[\\w-]{43}@", "route:guess@"));
    for (String file : List.of("users.conf", "accounts.conf")) {
      Files.copy(nats.resolve(file), machine.resolve(file));
    }
    String text =
        Files.readString(nats.resolve("nats-server-3.conf"))
            .replaceFirst("listen: \"[^\"]*\"", "listen: \"127.0.0.1:%d\"".formatted(port))
            .replaceFirst(
                "(cluster \\{\\s+name: \"blkwarden\"\\s+)listen: \"[^\"]*\"",
                "$1listen: \"127.0.0.1:%d\"".formatted(port + ROUTE_PORT_ABOVE))
            .replace("nats-3", "nats-9")
            .replace(folder.resolve("store").toString(), folder.resolve("store9").toString());
    Path config = Files.writeString(machine.resolve("nats-server.conf"), text);
    servers.add(new NatsProcess(machine, port, List.of("-c", config.toString())));

    Path log = folder.resolve("machine1/nats.log");
    await("the route is refused")
        .atMost(BOUND)
        .until(() -> Files.readString(log).contains("authentication error"));
    assertThat(info(ports.get(0)))
        .as("servers of the cluster")
        .contains(":" + ports.get(1), ":" + ports.get(2))
        .doesNotContain(":" + ports.get(3));
  }

  /** The INFO message of a server, with the addresses of all servers of its cluster. */
  private static String info(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII))) {
      return String.valueOf(lines.readLine());
    }
  }
}
