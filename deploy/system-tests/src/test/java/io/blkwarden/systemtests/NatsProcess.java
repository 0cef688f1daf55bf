package io.blkwarden.systemtests;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A running nats-server on loopback. */
public final class NatsProcess implements AutoCloseable {
  private final Process process;
  private final int port;

  /**
   * Starts a server.
   *
   * @param folder for its log
   * @param port its port, as in its arguments or configuration
   */
  public NatsProcess(Path folder, int port, List<String> arguments) throws IOException {
    this("nats-server", folder, port, arguments);
  }

  /**
   * Starts a server of a version.
   *
   * @param program its path, or its name on PATH
   */
  public NatsProcess(String program, Path folder, int port, List<String> arguments)
      throws IOException {
    this.port = port;
    Path log = folder.resolve("nats.log");
    List<String> words = new ArrayList<>(List.of(program));
    words.addAll(arguments);
    process =
        new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    await("nats-server, its log is " + log).atMost(Duration.ofSeconds(30)).until(this::answers);
  }

  /** A server without permissions, for a process that simulates several hosts. */
  public static NatsProcess open(Path folder) throws IOException {
    int port = freePort();
    return new NatsProcess(
        folder,
        port,
        List.of(
            "--addr=127.0.0.1",
            "--port=" + port,
            "--jetstream",
            "--store_dir=" + folder.resolve("store")));
  }

  /** A free port. */
  public static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private boolean answers() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.getInputStream().read() == 'I';
    } catch (IOException e) {
      return false;
    }
  }

  /** Its URL. */
  public String url() {
    return "nats://127.0.0.1:" + port;
  }

  /** Its port. */
  public int port() {
    return port;
  }

  /** Its pid. */
  public long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
