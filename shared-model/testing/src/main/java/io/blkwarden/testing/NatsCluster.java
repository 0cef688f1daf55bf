package io.blkwarden.testing;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.ClusterInfo;
import io.nats.client.api.Replica;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A cluster of nats-server processes with JetStream on loopback. */
public final class NatsCluster implements AutoCloseable {
  /** Different in test runs beside each other. */
  private static final Random PORTS = new Random(ProcessHandle.current().pid());

  private static final Duration BOUND = Duration.ofSeconds(60);

  private final List<NatsServer> servers = new ArrayList<>();
  private final Map<NatsServer, Connection> links = new HashMap<>();
  private final List<String> routes = new ArrayList<>();
  private final Path config;

  private NatsCluster(int size, String more) {
    try {
      config = Files.createTempFile("blkwarden-cluster", ".conf");
      // the shortest that it takes: 10 s and 2 min are the defaults
      Files.writeString(
          config,
          "lame_duck_grace_period: \"500ms\"\nlame_duck_duration: \"30s\"\n%s\n".formatted(more));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    routes.addAll(freeRoutes(size));
    for (int i = 0; i < size; i++) {
      servers.add(
          NatsServer.stopped()
              .with(
                  List.of(
                      "-c",
                      config.toString(),
                      "-n",
                      "n" + i,
                      "--cluster_name",
                      "C",
                      "--cluster",
                      routes.get(i),
                      "--routes",
                      String.join(",", routes))));
    }
  }

  /** Below the ports that the kernel gives to others between this choice and the start. */
  private static Set<String> freeRoutes(int count) {
    Set<String> routes = new LinkedHashSet<>();
    while (routes.size() < count) {
      int port = PORTS.nextInt(12_000, 32_000);
      try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        routes.add("nats://127.0.0.1:" + free.getLocalPort());
      } catch (IOException _) {
        Thread.onSpinWait(); // in use
      }
    }
    return routes;
  }

  /** Starts a cluster and waits until JetStream has a leader. */
  public static NatsCluster start(int size) {
    return start(size, size, "");
  }

  /**
   * Starts part of a cluster.
   *
   * @param running number of servers to start, more than half
   * @param config more lines of configuration for each server
   */
  public static NatsCluster start(int size, int running, String config) {
    NatsCluster cluster = new NatsCluster(size, config);
    cluster.run(IntStream.range(0, running).toArray());
    return cluster;
  }

  /** Starts stopped servers, and waits until JetStream answers at each running server. */
  public void run(int... which) {
    for (int i : which) {
      servers.get(i).launch();
    }
    for (int i : which) {
      servers.get(i).awaitAnswer();
    }
    awaitReady();
  }

  /** Waits until JetStream answers at each running server. */
  public void awaitReady() {
    for (NatsServer each : servers) {
      if (each.runs()) {
        Awaitility.await("JetStream answers at " + each.url())
            .atMost(BOUND)
            .until(() -> answers(each));
      }
    }
  }

  /** Whether the server lists streams, which needs the leader of JetStream. */
  private boolean answers(NatsServer server) throws InterruptedException {
    return ask(server, management -> management.getStreamNames() != null, false);
  }

  private interface Question<T> {
    T ask(JetStreamManagement management) throws IOException, JetStreamApiException;
  }

  /** The answer of a server, or the default if it fails. */
  private <T> T ask(NatsServer server, Question<T> question, T otherwise)
      throws InterruptedException {
    try {
      return question.ask(link(server).jetStreamManagement());
    } catch (IOException | JetStreamApiException | IllegalStateException _) {
      return otherwise;
    }
  }

  private Connection link(NatsServer server) throws IOException, InterruptedException {
    Connection link = links.get(server);
    if (link == null) {
      link = server.connect();
      links.put(server, link);
    }
    return link;
  }

  /** One of the servers. */
  public NatsServer server(int which) {
    return servers.get(which);
  }

  /** All addresses, joined by commas. */
  public String urls() {
    return servers.stream().map(NatsServer::url).collect(Collectors.joining(","));
  }

  /** The number of the server that leads a stream's replicas; waits until there is one. */
  public int leaderOf(String stream) {
    return Awaitility.await("leader of " + stream)
        .atMost(BOUND)
        .until(() -> findLeader(stream), each -> each >= 0);
  }

  private int findLeader(String stream) throws InterruptedException {
    NatsServer any = servers.stream().filter(NatsServer::runs).findFirst().orElseThrow();
    return ask(
        any,
        management -> {
          ClusterInfo found = management.getStreamInfo(stream).getClusterInfo();
          String leader = found == null ? null : found.getLeader();
          return leader == null ? -1 : Integer.parseInt(leader.substring(1));
        },
        -1);
  }

  /** Waits until all replicas of all streams are up to date. */
  public void awaitCopies() {
    Awaitility.await("all replicas are up to date").atMost(BOUND).until(this::copied);
  }

  private boolean copied() throws InterruptedException {
    return ask(
        servers.getFirst(),
        management ->
            management.getStreams().stream().allMatch(each -> upToDate(each.getClusterInfo())),
        false);
  }

  private static boolean upToDate(@Nullable ClusterInfo found) {
    if (found == null || found.getLeader() == null) {
      return false;
    }
    List<Replica> others = found.getReplicas();
    return others == null
        || others.stream().allMatch(each -> each.isCurrent() && !each.isOffline());
  }

  /** Stops all servers and deletes their stores. */
  @Override
  public void close() {
    servers.forEach(NatsServer::close);
    try {
      Files.deleteIfExists(config);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
