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

/** A real nats-server of a test's own on loopback, which answers when this is made. */
public final class NatsProcess implements AutoCloseable {
  private final Process process;
  private final int port;

  /**
   * Starts one.
   *
   * @param folder for its log
   * @param port where it listens, as its arguments or its configuration say
   */
  public NatsProcess(Path folder, int port, List<String> arguments) throws IOException {
    this("nats-server", folder, port, arguments);
  }

  /**
   * Starts one of a version.
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

  /** One that lets anybody speak, for one process that is many hosts. */
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

  /** A port that nobody has now. */
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

  /** Where it listens. */
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
