package io.blkwarden.controller.testing;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A real nats-server on a free port of loopback, with a store of its own that it keeps. */
public final class NatsServer implements AutoCloseable {
  private static final Duration BOUND = Duration.ofSeconds(30);

  private final int port;
  private final boolean jetStream;
  private final Path directory;
  private @Nullable Process process;

  private NatsServer(boolean jetStream) throws IOException {
    this.jetStream = jetStream;
    this.directory = Files.createTempDirectory("blkwarden-nats");
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
  }

  /** Starts one with JetStream. */
  public static NatsServer start() {
    return started(true);
  }

  /** Starts one without JetStream. */
  public static NatsServer withoutJetStream() {
    return started(false);
  }

  /** One that does not run yet. */
  public static NatsServer stopped() {
    try {
      return new NatsServer(true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static NatsServer started(boolean jetStream) {
    try {
      NatsServer server = new NatsServer(jetStream);
      server.run();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where it listens. */
  public String url() {
    return "nats://127.0.0.1:" + port;
  }

  /** Starts it (again) on the same port and store, and waits until it answers. */
  public void run() {
    run(List.of());
  }

  /** The same, with more arguments, such as a password that nobody here knows. */
  public void run(List<String> more) {
    List<String> command =
        new ArrayList<>(List.of("nats-server", "-a", "127.0.0.1", "-p", Integer.toString(port)));
    command.addAll(more);
    if (jetStream) {
      command.addAll(List.of("-js", "-sd", directory.resolve("store").toString()));
    }
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
              .start();
    } catch (IOException e) {
      throw new AssertionError("nats-server cannot be started: apt-get install nats-server", e);
    }
    Awaitility.await("nats-server answers, its log is " + directory.resolve("log"))
        .atMost(BOUND)
        .until(this::answers);
  }

  private boolean answers() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(2_000);
      return socket.getInputStream().read() == 'I'; // INFO {...}
    } catch (IOException e) {
      assertThat(process).satisfies(p -> assertThat(p.isAlive()).isTrue());
      return false;
    }
  }

  /** Kills it as kill -9 does. */
  public void kill() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
      running.onExit().join();
    }
  }

  /** Forgets all that it stored; it must not run. */
  public void wipe() {
    delete(directory.resolve("store"));
  }

  @Override
  public void close() {
    kill();
    delete(directory);
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
