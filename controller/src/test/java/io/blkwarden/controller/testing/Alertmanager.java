package io.blkwarden.controller.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An Alertmanager without receivers on a free loopback port. */
public final class Alertmanager implements AutoCloseable {
  private static final Duration BOUND = Duration.ofSeconds(30);
  private static final String CONFIGURATION =
      """
      route: { receiver: nobody }
      receivers: [ { name: nobody } ]
      """;

  private final int port;
  private final Path directory;
  private final HttpClient client = HttpClient.newHttpClient();
  private @Nullable Process process;

  /** An Alertmanager that is not started. */
  public Alertmanager() throws IOException {
    this(CONFIGURATION);
  }

  /** An Alertmanager with this configuration that is not started. */
  public Alertmanager(String configuration) throws IOException {
    directory = Files.createTempDirectory("blkwarden-alertmanager");
    Files.writeString(directory.resolve("config.yml"), configuration);
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
  }

  /** Its URL. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** Starts it, and waits until it is ready. */
  public void run() {
    try {
      process =
          new ProcessBuilder(
                  "prometheus-alertmanager",
                  "--config.file=" + directory.resolve("config.yml"),
                  "--storage.path=" + directory.resolve("data"),
                  "--web.listen-address=127.0.0.1:" + port,
                  "--cluster.listen-address=")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
              .start();
    } catch (IOException e) {
      throw new AssertionError(
          "Alertmanager cannot be started: apt-get install prometheus-alertmanager", e);
    }
    Awaitility.await("Alertmanager is ready, its log is " + directory.resolve("log"))
        .atMost(BOUND)
        .until(this::ready);
  }

  private boolean ready() throws InterruptedException {
    assertThat(process).satisfies(p -> assertThat(p.isAlive()).isTrue());
    try {
      return get("/-/ready").statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** Its active alerts, as returned by its API. */
  public List<JsonNode> alerts() {
    try {
      JsonNode all = JsonMapper.builder().build().readTree(get("/api/v2/alerts").body());
      return all.valueStream().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(url().resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
      running.onExit().join();
    }
    client.close();
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
