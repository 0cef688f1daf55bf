package io.blkwarden.systemtests.monitoring;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.blkwarden.systemtests.NatsProcess;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A Prometheus on loopback that scrapes two targets every second, with the project's rules. */
final class Prometheus implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final int port;
  private final Process process;

  private Prometheus(int port, Process process) {
    this.port = port;
    this.process = process;
  }

  static Prometheus start(Path folder, int controller, int agent) throws IOException {
    Path config = folder.resolve("prometheus.yml");
    Files.writeString(
        config,
        """
        global: { scrape_interval: 1s, evaluation_interval: 1s }
        rule_files: [ "%s" ]
        scrape_configs:
          - job_name: blkwarden-controller
            static_configs: [ { targets: [ "127.0.0.1:%d" ] } ]
          - job_name: blkwarden-agent
            static_configs: [ { targets: [ "127.0.0.1:%d" ] } ]
        """
            .formatted(Checkout.file("deploy/prometheus/alerts.yml"), controller, agent));
    int port = NatsProcess.freePort();
    Process process =
        new ProcessBuilder(
                "prometheus",
                "--config.file=" + config,
                "--storage.tsdb.path=" + folder.resolve("tsdb"),
                "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("prometheus.log").toFile())
            .start();
    return new Prometheus(port, process);
  }

  /** The result of an API query; a null node if there is none. */
  JsonNode api(String path) throws InterruptedException {
    try {
      return JSON.readTree(Web.get(port, "/api/v1/" + path));
    } catch (JacksonException e) {
      return JSON.nullNode();
    }
  }

  JsonNode query(String expression) throws InterruptedException {
    return api("query?query=" + URLEncoder.encode(expression, UTF_8));
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
