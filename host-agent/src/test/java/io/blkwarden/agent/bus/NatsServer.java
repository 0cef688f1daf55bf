package io.blkwarden.agent.bus;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A private nats-server with JetStream on loopback; kept streams outlive a restart. */
public final class NatsServer {
  private final Path directory;
  private final int port;
  private final List<String> extra;
  private final List<Connection> connections = new ArrayList<>();
  private Process process;
  private boolean killed;

  private NatsServer(Path directory, int port, List<String> extra) throws IOException {
    this.directory = directory;
    this.port = port;
    this.extra = extra;
    this.process = launch();
  }

  public static NatsServer start(String... extra) throws IOException {
    return new NatsServer(Files.createTempDirectory("nats"), freePort(), List.of(extra));
  }

  /** A port that nobody listens on. */
  public static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private Process launch() throws IOException {
    List<String> command = new ArrayList<>(List.of("nats-server", "-a", "127.0.0.1"));
    command.addAll(List.of("-p", Integer.toString(port), "-js", "-sd", directory.toString()));
    command.addAll(extra);
    Path log = directory.resolve("log");
    Process started;
    try {
      started =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
    } catch (IOException e) {
      throw new IOException("these tests need nats-server on PATH: install it, then try again", e);
    }
    process = started;
    Awaitility.await("nats-server to answer on port " + port)
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> answers(log));
    return started;
  }

  private boolean answers(Path log) throws IOException {
    if (!process.isAlive()) {
      throw new IOException("nats-server ended: " + Files.readString(log, UTF_8));
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException _) {
      return false;
    }
  }

  public String url() {
    return "nats://127.0.0.1:" + port;
  }

  /** A connection that lasts as long as this. */
  public Connection connect() throws IOException, InterruptedException {
    Connection connection =
        Nats.connect(
            new Options.Builder()
                .server(url())
                .maxReconnects(-1)
                .errorListener(new ErrorListener() {})
                .build());
    connections.add(connection);
    return connection;
  }

  public String log() throws IOException {
    return Files.readString(directory.resolve("log"), UTF_8);
  }

  /** SIGKILL. */
  public void kill() throws InterruptedException {
    killed = true;
    process.destroyForcibly().waitFor();
  }

  public void restart() throws IOException {
    killed = false;
    process = launch();
  }

  public void freeze() throws IOException, InterruptedException {
    signal("-STOP");
  }

  public void thaw() throws IOException, InterruptedException {
    signal("-CONT");
  }

  private void signal(String signal) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start();
    if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
      throw new IOException("kill " + signal + " failed");
    }
  }

  /** Ends the server and removes what it stored; a server that ended by itself is an error. */
  public void close() throws IOException, InterruptedException {
    String ended = process.isAlive() || killed ? "" : log();
    for (Connection connection : connections) {
      connection.close();
    }
    process.destroyForcibly();
    process.onExit().join();
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
    if (!ended.isEmpty()) {
      throw new IOException("nats-server ended by itself: " + ended);
    }
  }
}
