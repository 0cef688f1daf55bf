package io.blkwarden.controller.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.step.Effect;
import io.blkwarden.controller.testing.Messages;
import io.blkwarden.controller.why.Question;
import io.blkwarden.controller.why.Story;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class StatusServerTest {
  private final AtomicReference<Readiness> readiness =
      new AtomicReference<>(new Readiness(true, List.of(), List.of()));
  private final List<OperatorRequest> asked = new CopyOnWriteArrayList<>();
  private final FleetView view = new FleetView();
  private final StatusServer server =
      StatusServer.start(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          readiness::get,
          view,
          MetricSource.of(
              List.of(
                  Metric.of("samples_total", "Samples.", () -> 42),
                  Metric.of("hosts", "Hosts.", () -> 3),
                  Metric.of("load_ratio", "Unknown.", () -> Double.NaN),
                  new Metric(
                      "faults_total",
                      "Faults.",
                      "reason",
                      List.of(new Metric.Series("syntax", () -> 7))))),
          new Approvals("right-token"::equals, this::answer, Clock.systemUTC()),
          this::tell);
  private final StatusServer closed =
      StatusServer.start(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          readiness::get,
          view,
          MetricSource.of(List.of()),
          new Approvals(null, this::answer, Clock.systemUTC()),
          this::tell);
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    client.close();
    server.close();
    closed.close();
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private CompletableFuture<OperatorReply> answer(OperatorRequest request) {
    asked.add(request);
    return CompletableFuture.completedFuture(
        request.ask() instanceof OperatorRequest.Approve
            ? new OperatorReply(OperatorReply.Verdict.DONE, "approved")
            : new OperatorReply(OperatorReply.Verdict.FAILED, "no proposal waits"));
  }

  private HttpResponse<String> post(StatusServer to, String what, String token, String body)
      throws IOException, InterruptedException {
    URI uri =
        URI.create(
            "http://127.0.0.1:%d/api/v1/proposals/%s/%s"
                .formatted(to.port(), Messages.id(1), what));
    return client.send(
        HttpRequest.newBuilder(uri)
            .header("Authorization", token)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private CompletableFuture<Story> tell(Question question, Duration since) {
    Story story = new Story();
    return switch (question.about()) {
      case "vm176" -> {
        story.add(Messages.alert(1, Alert.State.FIRING));
        assertThat(since).isEqualTo(Duration.ofHours(1));
        yield CompletableFuture.completedFuture(story);
      }
      case "busy" -> CompletableFuture.failedFuture(new RejectedExecutionException());
      case "away" -> CompletableFuture.failedFuture(new IOException("no NATS"));
      default -> CompletableFuture.completedFuture(story);
    };
  }

  @Test
  void tellsWhy() throws Exception {
    HttpResponse<String> known = get("/api/v1/why?about=vm176&since_s=3600");
    assertThat(known.statusCode()).isEqualTo(200);
    assertThat(known.headers().firstValue("content-type")).contains("application/json");
    assertThat(known.body())
        .startsWith("{\"schema\":\"blkwarden.why.v1\",\"about\":\"vm176\"")
        .contains("\"story\":[{\"at\":", "\"schema\":\"blkwarden.alert.v1\"");
    assertThat(get("/api/v1/why?about=nobody").statusCode()).isEqualTo(404);
  }

  @Test
  void saysWhyItTellsNothing() throws Exception {
    assertThat(get("/api/v1/why").body()).contains("expected a domain's name");
    assertThat(get("/api/v1/why?about=vm176&since_s=soon").body())
        .isEqualTo("since_s: expected 1 to 2678400 seconds, found 'soon'\n");
    assertThat(get("/api/v1/why?about=a&about=b").body())
        .isEqualTo("about: expected once, found 2 times\n");
    assertThat(get("/api/v1/why?about=a&about=b").statusCode()).isEqualTo(400);
    assertThat(get("/api/v1/why?about=busy").statusCode()).isEqualTo(429);
    HttpResponse<String> away = get("/api/v1/why?about=away");
    assertThat(away.statusCode()).isEqualTo(503);
    assertThat(away.body()).isEqualTo("no NATS\n");
  }

  @Test
  void whoeverHasTheTokenApprovesAndDenies() throws Exception {
    HttpResponse<String> approved =
        post(server, "approve", "Bearer right-token", "{\"by\":\"ana\",\"reason\":\"seen\"}");
    HttpResponse<String> denied = post(server, "deny", "Bearer right-token", "");

    assertThat(approved.statusCode()).isEqualTo(200);
    assertThat(approved.body()).contains("\"verdict\":\"done\"");
    assertThat(denied.statusCode()).isEqualTo(404);
    assertThat(asked)
        .containsExactly(
            new OperatorRequest("http: ana", "seen", new OperatorRequest.Approve(Messages.id(1))),
            new OperatorRequest(
                "http: whoever has the token",
                "by hand",
                new OperatorRequest.Deny(Messages.id(1))));
  }

  @Test
  void nobodyElseDoesAndNobodyWithoutATokenFile() throws Exception {
    assertThat(post(server, "approve", "Bearer wrong", "").statusCode()).isEqualTo(401);
    assertThat(post(server, "approve", "Basic right-token", "").statusCode()).isEqualTo(401);
    assertThat(post(server, "approve", "Bearer right-token", "{nonsense").statusCode())
        .isEqualTo(400);
    assertThat(post(server, "approve", "Bearer right-token", "x".repeat(5_000)).statusCode())
        .isEqualTo(413);
    HttpResponse<String> none = post(closed, "approve", "Bearer right-token", "");
    assertThat(none.statusCode()).isEqualTo(403);
    assertThat(none.body()).contains("without --http-token-file");
    assertThat(asked).isEmpty();
  }

  @Test
  void guessesAreLimited() throws Exception {
    List<Integer> codes = new ArrayList<>();
    for (int i = 0; i < 3 * ProposalDoor.MOST; i++) {
      codes.add(post(server, "approve", "Bearer guess" + i, "").statusCode());
    }
    assertThat(codes).contains(401, 429);
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
            "blkwarden_faults_total{reason=\"syntax\"} 7.0")
        .doesNotContain("blkwarden_load_ratio ");
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
