package io.blkwarden.controller.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.step.Effect;
import io.blkwarden.controller.testing.Messages;
import io.blkwarden.model.message.Alert;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class StatusServerTest {
  private final AtomicReference<Readiness> readiness =
      new AtomicReference<>(new Readiness(true, List.of(), List.of()));
  private final FleetView view = new FleetView();
  private final StatusServer server =
      StatusServer.start(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          readiness::get,
          view,
          List.of(
              Metric.of("samples_total", "Samples.", () -> 42),
              Metric.of("hosts", "Hosts.", () -> 3),
              new Metric(
                  "faults_total",
                  "Faults.",
                  "reason",
                  List.of(new Metric.Series("syntax", () -> 7)))));
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void readyUntilSomethingHinders() throws Exception {
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
    readiness.set(new Readiness(true, List.of("no NATS"), List.of("swap.yaml:3: bad")));

    HttpResponse<String> hindered = get("/readyz");
    assertThat(hindered.statusCode()).isEqualTo(503);
    assertThat(hindered.body()).isEqualTo("not ready\nno NATS\nremark: swap.yaml:3: bad\n");
    assertThat(get("/healthz").statusCode()).isEqualTo(200);

    readiness.set(new Readiness(false, List.of(), List.of()));
    assertThat(get("/healthz").statusCode()).isEqualTo(503);
  }

  @Test
  void metricsAreInPrometheusText() throws Exception {
    HttpResponse<String> metrics = get("/metrics");

    assertThat(metrics.headers().firstValue("content-type").orElse("")).startsWith("text/plain");
    assertThat(metrics.body())
        .contains(
            "# TYPE blkwarden_samples_total counter",
            "blkwarden_samples_total 42.0",
            "blkwarden_hosts 3.0",
            "blkwarden_faults_total{reason=\"syntax\"} 7.0");
  }

  @Test
  void theViewIsJson() throws Exception {
    assertThat(get("/api/v1/hosts").body()).isEqualTo("[]");
    assertThat(get("/api/v1/throttles").body()).isEqualTo("[]");
    view.see(new Effect.Publish(Messages.alert(1, Alert.State.FIRING)));
    view.see(new Effect.Publish(Messages.alert(1, Alert.State.RESOLVED)));

    assertThat(get("/api/v1/alerts").body())
        .contains("\"state\":\"resolved\"", "\"policy\":\"swap-storm\"")
        .doesNotContain("firing");
    assertThat(get("/nothing").statusCode()).isEqualTo(404);
  }
}
