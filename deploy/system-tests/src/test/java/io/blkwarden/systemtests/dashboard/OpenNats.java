package io.blkwarden.systemtests.dashboard;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;

/** A nats-server that lets anybody speak, for one process that is many hosts. */
public final class OpenNats implements AutoCloseable {
  private final Process process;
  private final int port;

  /** Starts one that keeps its streams in a folder. */
  public OpenNats(Path folder) throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    process =
        new ProcessBuilder(
                "nats-server",
                "--addr=127.0.0.1",
                "--port=" + port,
                "--jetstream",
                "--store_dir=" + folder.resolve("store"))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("nats.log").toFile())
            .start();
    await("nats-server, its log is " + folder.resolve("nats.log"))
        .atMost(Duration.ofSeconds(30))
        .until(this::answers);
  }

  private boolean answers() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.getInputStream().read() == 'I';
    } catch (IOException e) {
      return false;
    }
  }

  /** Where it is. */
  public String url() {
    return "nats://127.0.0.1:" + port;
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
