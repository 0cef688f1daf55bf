package io.blkwarden.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A nats-server process on a free loopback port, with a store that is kept between runs. */
public final class NatsServer implements AutoCloseable {
  private static final Duration BOUND = Duration.ofSeconds(30);

  private final int port;
  private final Path directory;
  private final List<String> arguments = new ArrayList<>();
  private final List<Connection> connections = new ArrayList<>();
  private @Nullable Process process;

  private NatsServer() {
    try {
      directory = Files.createTempDirectory("blkwarden-nats");
      port = freePort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    arguments.addAll(List.of("-a", "127.0.0.1", "-p", Integer.toString(port)));
  }

  /** A free port. */
  public static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  /** Starts a server with JetStream and these arguments, which also apply to later runs. */
  public static NatsServer start(String... more) {
    NatsServer server = stopped();
    server.arguments.addAll(List.of(more));
    server.run();
    return server;
  }

  /** Starts a server without JetStream. */
  public static NatsServer withoutJetStream() {
    NatsServer server = new NatsServer();
    server.run();
    return server;
  }

  /** A server with JetStream that is not started yet. */
  public static NatsServer stopped() {
    NatsServer server = new NatsServer();
    server.arguments.addAll(List.of("-js", "-sd", server.store().toString()));
    return server;
  }

  private Path store() {
    return directory.resolve("store");
  }

  /** Adds arguments for later runs. */
  NatsServer with(List<String> more) {
    arguments.addAll(more);
    return this;
  }

  /** Its URL. */
  public String url() {
    return "nats://127.0.0.1:" + port;
  }

  /**
   * Runs it (again) on the same port and store, and waits until it answers.
   *
   * @param more arguments for this run, such as an unknown password
   */
  public void run(String... more) {
    launch(more);
    awaitAnswer();
  }

  /** Starts it without waiting. */
  void launch(String... more) {
    List<String> command = new ArrayList<>(List.of("nats-server"));
    command.addAll(arguments);
    command.addAll(List.of(more));
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
              .start();
    } catch (IOException e) {
      throw new AssertionError("nats-server cannot be started: apt-get install nats-server", e);
    }
  }

  void awaitAnswer() {
    Awaitility.await("nats-server answers on port " + port)
        .atMost(BOUND)
        .pollInterval(Duration.ofMillis(20))
        .until(this::answers);
  }

  private boolean answers() {
    if (endedByItself()) {
      throw new AssertionError("nats-server ended: " + log());
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(2_000);
      return socket.getInputStream().read() == 'I'; // INFO {...}
    } catch (IOException _) {
      return false;
    }
  }

  private boolean endedByItself() {
    Process running = process;
    return running != null && !running.isAlive();
  }

  /** A connection that is closed with the server. */
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

  /** The log of all runs. */
  public String log() {
    try {
      return Files.readString(directory.resolve("log"), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Kills it as kill -9 does. */
  public void kill() {
    Process running = process;
    process = null;
    if (running != null) {
      running.destroyForcibly().onExit().join();
    }
  }

  /** Ends it as {@code nats-server --signal ldm} does: clients are asked to leave first. */
  public void drain() throws IOException, InterruptedException {
    signal("-USR2");
    Process running = Objects.requireNonNull(process, "it does not run");
    if (!running.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS)) {
      throw new IOException("nats-server does not end: " + log());
    }
    process = null;
  }

  /** Whether it runs. */
  public boolean runs() {
    return process != null && !endedByItself();
  }

  /** Suspends the process until {@link #thaw}. */
  public void freeze() throws IOException, InterruptedException {
    signal("-STOP");
  }

  /** Resumes the process. */
  public void thaw() throws IOException, InterruptedException {
    signal("-CONT");
  }

  private void signal(String signal) throws IOException, InterruptedException {
    long pid = Objects.requireNonNull(process, "it does not run").pid();
    Process kill = new ProcessBuilder("kill", signal, Long.toString(pid)).start();
    if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
      throw new IOException("kill " + signal + " failed");
    }
  }

  /** Deletes its store; it must not run. */
  public void wipe() {
    delete(store());
  }

  /** Stops it and deletes its store; fails if it ended by itself. */
  @Override
  public void close() {
    String ended = endedByItself() ? log() : "";
    for (Connection connection : connections) {
      try {
        connection.close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    kill();
    delete(directory);
    if (!ended.isEmpty()) {
      throw new AssertionError("nats-server ended by itself: " + ended);
    }
  }

  private static void delete(Path root) {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(root)) {
      for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
