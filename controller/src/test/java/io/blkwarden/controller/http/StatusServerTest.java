package io.blkwarden.controller.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.controller.audit.AuditQuery;
import io.blkwarden.controller.audit.AuditTrail;
import io.blkwarden.controller.engine.Effect;
import io.blkwarden.controller.history.FleetHistory;
import io.blkwarden.controller.history.RecentDecisions;
import io.blkwarden.controller.snapshot.DeviceSnapshot;
import io.blkwarden.controller.snapshot.DiskSnapshot;
import io.blkwarden.controller.snapshot.FleetSnapshot;
import io.blkwarden.controller.snapshot.HostSnapshot;
import io.blkwarden.controller.testing.Fleet;
import io.blkwarden.controller.testing.Messages;
import io.blkwarden.model.HostId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorRequest;
import io.blkwarden.model.message.Silence;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

final class StatusServerTest {
  private static final HttpSettings SETTINGS =
      new HttpSettings(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          Set.of("warden.example"),
          null,
          null);

  private final AtomicReference<Readiness> readiness =
      new AtomicReference<>(new Readiness(true, List.of(), List.of()));
  private final List<OperatorRequest> asked = new CopyOnWriteArrayList<>();
  private final FleetView view = new FleetView();
  private final Scheduler pages = Schedulers.newSingle("pages-of-test", true);
  private final FleetHistory history = new FleetHistory();
  private final ChangeSignal pulse = new ChangeSignal();
  private final DashboardData shown =
      new DashboardData(
          view, history, new RecentDecisions(), this::hostDetails, this::search, pulse, pages);
  private final StatusServer server =
      StatusServer.start(
          SETTINGS,
          readiness::get,
          shown,
          new Metric.Source(
              List.of(
                  Metric.of("samples_total", "Samples.", () -> 42),
                  Metric.of("hosts", "Hosts.", () -> 3),
                  Metric.of("load_ratio", "Unknown.", () -> Double.NaN),
                  new Metric(
                      "faults_total", "Faults.", List.of("reason"), to -> to.take(7, "syntax"))),
              Mono::empty),
          new Approvals("right-token"::equals, this::answer),
          this::auditTrail);
  private final StatusServer closed =
      StatusServer.start(
          SETTINGS,
          readiness::get,
          shown,
          new Metric.Source(List.of(), Mono::empty),
          new Approvals(null, this::answer),
          this::auditTrail);
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    client.close();
    server.close();
    closed.close();
    pages.dispose();
  }

  private Mono<FleetSnapshot> hostDetails(Set<HostId> hosts) {
    DiskSnapshot disk =
        new DiskSnapshot(
            Fleet.snapshot(new HostId("dom0-7"), 1, "vm<b>7").disks().getFirst(),
            12.5,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            List.of());
    return Mono.just(snapshot(1, Map.of(hosts.iterator().next(), List.of(disk))));
  }

  private Mono<FleetSnapshot> search(String text) {
    return hostDetails(Set.of(new HostId(text)));
  }

  private static FleetSnapshot snapshot(long second, Map<HostId, List<DiskSnapshot>> disks) {
    DeviceSnapshot sda = new DeviceSnapshot("sda", "none", "ineffective", 0.9, 40.0, 3.0, 100.0);
    return new FleetSnapshot(
        Instant.ofEpochSecond(second),
        List.of(
            new HostSnapshot(
                new HostId("dom0-7"),
                HostSnapshot.State.LIVE,
                4,
                1,
                0,
                null,
                0.2,
                List.of(sda),
                0)),
        disks,
        List.of(),
        Map.of(),
        List.of(),
        0,
        0,
        List.of(),
        List.of());
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private Mono<OperatorReply> answer(OperatorRequest request) {
    asked.add(request);
    return Mono.just(
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

  private Mono<AuditTrail> auditTrail(AuditQuery query, Duration since) {
    AuditTrail trail = new AuditTrail();
    return switch (query.about()) {
      case "vm176" -> {
        trail.add(Messages.alert(1, Alert.State.FIRING));
        assertThat(since).isEqualTo(Duration.ofHours(1));
        yield Mono.just(trail);
      }
      case "busy" -> Mono.error(new RejectedExecutionException());
      case "away" -> Mono.error(new IOException("no NATS"));
      default -> Mono.just(trail);
    };
  }

  @Test
  void servesTheAuditTrail() throws Exception {
    HttpResponse<String> known = get("/api/v1/why?about=vm176&since_s=3600");
    assertThat(known.statusCode()).isEqualTo(200);
    assertThat(known.headers().firstValue("content-type")).contains("application/json");
    assertThat(known.body())
        .startsWith("{\"schema\":\"blkwarden.why.v1\",\"about\":\"vm176\"")
        .contains("\"story\":[{\"at\":", "\"schema\":\"blkwarden.alert.v1\"");
    assertThat(get("/api/v1/why?about=nobody").body()).contains("\"story\":[]");
  }

  @Test
  void auditTrailErrorsHaveStatusAndText() throws Exception {
    assertThat(get("/api/v1/why").body()).contains("a domain's name");
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
  void tokenHolderApprovesAndDenies() throws Exception {
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
                "http: token holder", "by hand", new OperatorRequest.Deny(Messages.id(1))));
  }

  @Test
  void actionsNeedATokenFileAndItsToken() throws Exception {
    assertThat(post(server, "approve", "Bearer wrong", "").statusCode()).isEqualTo(401);
    assertThat(post(server, "approve", "Basic right-token", "").statusCode()).isEqualTo(401);
    assertThat(post(server, "approve", "Bearer right-token", "{nonsense").statusCode())
        .isEqualTo(400);
    assertThat(post(server, "approve", "Bearer right-token", "x".repeat(5_000)).statusCode())
        .isEqualTo(413);
    HttpResponse<String> none = post(closed, "approve", "Bearer right-token", "");
    assertThat(none.statusCode()).isEqualTo(403);
    assertThat(none.body()).contains("set --http-token-file");
    assertThat(asked).isEmpty();
  }

  @Test
  void guessesAreLimited() throws Exception {
    List<Integer> codes = new ArrayList<>();
    for (int i = 0; i < 3 * ActionRoutes.LIMIT; i++) {
      codes.add(post(server, "approve", "Bearer guess" + i, "").statusCode());
    }
    assertThat(codes).contains(401, 429);
  }

  @Test
  void eventStreamsAreLimited() throws Exception {
    HttpRequest events =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:%d/api/v1/events".formatted(server.port())))
            .build();
    List<HttpResponse<Stream<String>>> streams = new ArrayList<>();
    for (int i = 0; i < FleetHistory.VIEWERS_MAX; i++) {
      streams.add(client.send(events, HttpResponse.BodyHandlers.ofLines()));
      assertThat(streams.getLast().statusCode()).isEqualTo(200);
    }
    HttpResponse<String> more = client.send(events, HttpResponse.BodyHandlers.ofString());
    assertThat(more.statusCode()).isEqualTo(503);
    assertThat(more.body()).isEqualTo("64 event streams are open; close another page\n");

    streams.getFirst().body().close();
    await()
        .until(() -> {
          pulse.signal(); // a closed page is detected by a write
          return history.viewers() < FleetHistory.VIEWERS_MAX;
        });
    for (HttpResponse<Stream<String>> look : streams) {
      look.body().close();
    }
  }

  @Test
  void notReadyWithBlockers() throws Exception {
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
    readiness.set(new Readiness(true, List.of("no NATS"), List.of("swap.yaml:3: bad")));

    HttpResponse<String> notReady = get("/readyz");
    assertThat(notReady.statusCode()).isEqualTo(503);
    assertThat(notReady.body()).isEqualTo("not ready\nno NATS\nwarning: swap.yaml:3: bad\n");
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
  void hostsThrottlesAndAlertsAreJson() throws Exception {
    assertThat(get("/api/v1/hosts").body()).isEqualTo("[]");
    assertThat(get("/api/v1/throttles").body()).isEqualTo("[]");
    view.update(new Effect.PublishAlert(Messages.alert(1, Alert.State.FIRING)));
    view.update(new Effect.PublishAlert(Messages.alert(1, Alert.State.RESOLVED)));

    assertThat(get("/api/v1/alerts").body())
        .contains("\"state\":\"resolved\"", "\"policy\":\"swap-storm\"")
        .doesNotContain("firing");
    assertThat(get("/nothing").statusCode()).isEqualTo(404);
  }

  private HttpResponse<String> named(String path, String header, String value) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .header(header, value)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void servesTheDashboardAndItsAssets() throws Exception {
    HttpResponse<String> page = get("/");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("content-security-policy"))
        .hasValueSatisfying(policy -> assertThat(policy).contains("default-src 'none'"));
    Matcher parts = Pattern.compile("(?:src|href)=\"(/assets/[^\"]+)\"").matcher(page.body());
    List<String> seen = new ArrayList<>();
    while (parts.find()) {
      seen.add(parts.group(1));
    }
    assertThat(seen).contains("/assets/app.js", "/assets/app.css", "/assets/uplot.css");
    for (int i = 0; i < seen.size(); i++) {
      HttpResponse<String> part = get(seen.get(i));
      assertThat(part.statusCode()).as(seen.get(i)).isEqualTo(200);
      Matcher imports = Pattern.compile("from '(/assets/[^']+)'").matcher(part.body());
      while (imports.find()) {
        if (!seen.contains(imports.group(1))) {
          seen.add(imports.group(1));
        }
      }
    }
    assertThat(seen).contains("/assets/preact.js", "/assets/uplot.js", "/assets/host.js");
    String tag = page.headers().firstValue("etag").orElseThrow();
    assertThat(named("/", "If-None-Match", tag).statusCode()).isEqualTo(304);
    assertThat(get("/assets/../web/app.js").statusCode()).isEqualTo(404);
    assertThat(get("/nothing").statusCode()).isEqualTo(404);
  }

  @Test
  void servesDisks() throws Exception {
    HttpResponse<String> disks = get("/api/v1/disks?host=dom0-7");
    assertThat(disks.body())
        .startsWith("[{\"host\":\"dom0-7\",\"disk\":{\"domain\":{\"uuid\":")
        .contains("\"iops\":12.5", "\"await_ms\":null", "\"workers\":[\"137.xvda2-0 27444\"]");
    assertThat(get("/api/v1/disks").statusCode()).isEqualTo(400);
  }

  @Test
  void findsHostsAndDisksUpToALimit() throws Exception {
    HttpResponse<String> found = get("/api/v1/search?q=dom0-7");
    assertThat(found.body()).contains("\"hosts\":[\"dom0-7\"]", "\"vdev\":\"xvda2\"", "\"max\":50");
    assertThat(get("/api/v1/search").statusCode()).isEqualTo(400);
    assertThat(get("/api/v1/search?q=%20").statusCode()).isEqualTo(400);
    assertThat(get("/api/v1/search?q=" + "a".repeat(101)).statusCode()).isEqualTo(400);
    for (int n = 0; n < 3 * 8; n++) { // more than two windows allow
      found = found.statusCode() == 429 ? found : get("/api/v1/search?q=dom0-7");
    }
    assertThat(found.body()).contains("8 per address and 12 in all");
  }

  @Test
  void acknowledgesAndSilences() throws Exception {
    String id = Messages.id(1).value();
    String token = "Bearer right-token";
    act("/api/v1/acks", token, "{\"about\":\"%s\"}".formatted(id));
    act("/api/v1/acks/undo", token, "{\"about\":\"%s\"}".formatted(id));
    act("/api/v1/silences", token, "{\"match\":{\"host\":\"dom0-7\"},\"for_s\":60}");
    act("/api/v1/silences/" + id + "/expire", token, "");
    assertThat(asked)
        .extracting(OperatorRequest::ask)
        .containsExactly(
            new OperatorRequest.AckAdd(Messages.id(1)),
            new OperatorRequest.AckUndo(Messages.id(1)),
            new OperatorRequest.SilenceAdd(
                new Silence.Matcher("dom0-7", null, null, null, null), 60_000),
            new OperatorRequest.SilenceExpire(Messages.id(1)));
    assertThat(act("/api/v1/silences", token, "{\"for_s\":60}").statusCode()).isEqualTo(400);
    assertThat(act("/api/v1/acks", "Bearer wrong", "{}").statusCode()).isEqualTo(401);
  }

  @Test
  void servesFleetPoliciesAndDecisions() throws Exception {
    history.take(snapshot(5, Map.of()), true);
    assertThat(get("/api/v1/fleet").body())
        .contains("\"live\":1", "\"host\":\"dom0-7\"", "\"await_ms\":40.0", "\"io_some\":null");
    assertThat(get("/api/v1/policies").body()).startsWith("{").contains("\"policies\":[]");
    assertThat(get("/api/v1/decisions").body()).contains("\"last\":[]");
  }

  @Test
  void eventsStartWithEachTopicAndContinueWithChanges() throws Exception {
    history.take(snapshot(5, Map.of()), true);
    HttpResponse<Stream<String>> events =
        client.send(
            HttpRequest.newBuilder(
                    URI.create(
                        "http://127.0.0.1:%d/api/v1/events?host=dom0-7".formatted(server.port())))
                .build(),
            HttpResponse.BodyHandlers.ofLines());
    assertThat(events.headers().firstValue("content-type")).contains("text/event-stream");
    Iterator<String> lines = events.body().iterator();
    assertThat(next(lines, "event: fleet")).contains("\"dom0-7\"");
    assertThat(next(lines, "event: host")).contains("\"scheduler\":\"none\"");
    assertThat(history.watched()).containsExactly(new HostId("dom0-7"));
    history.take(snapshot(6, Map.of()), false);
    pulse.signal();
    assertThat(next(lines, "event: acts")).contains("\"throttles\":[]");
    assertThat(next(lines, "event: host")).contains("1970-01-01T00:00:06Z");
    events.body().close();
  }

  private static String next(Iterator<String> lines, String event) {
    while (!lines.next().equals(event)) {}
    return lines.next();
  }

  @Test
  void rejectsUnknownHostNames() throws Exception {
    assertThat(raw("rebound.example", "")).startsWith("HTTP/1.1 421").contains("--http-name");
    assertThat(raw("warden.example:8087", "")).startsWith("HTTP/1.1 200");
    assertThat(raw("[::1]:8087", "")).startsWith("HTTP/1.1 200");
    assertThat(raw("127.0.0.1", "Origin: http://elsewhere.example\r\n")).startsWith("HTTP/1.1 403");
    assertThat(raw("127.0.0.1", "Origin: http://127.0.0.1\r\n")).startsWith("HTTP/1.1 200");
  }

  @Test
  void healthChecksNeedAKnownHostName() throws Exception {
    for (String path : List.of("/healthz", "/readyz")) {
      assertThat(sent(path, "Host: rebound.example\r\n")).startsWith("HTTP/1.1 421");
      assertThat(sent(path, "Host:\r\n")).startsWith("HTTP/1.1 421");
      assertThat(sent(path, "Host: 192.0.2.7:8087\r\n")).startsWith("HTTP/1.1 200");
      assertThat(sent(path, "Host: localhost\r\n")).startsWith("HTTP/1.1 200");
      assertThat(sent(path, "Host: warden.example\r\n")).startsWith("HTTP/1.1 200");
      assertThat(sent(path, "")).as("no Host, as some probes send").startsWith("HTTP/1.1 200");
      assertThat(sent(path, "Host: localhost\r\nOrigin: http://elsewhere.example\r\n"))
          .startsWith("HTTP/1.1 403");
    }
  }

  /** The JDK's client does not allow setting Host. */
  private String raw(String host, String more) throws IOException {
    return sent("/api/v1/hosts", "Host: " + host + "\r\n" + more);
  }

  private String sent(String path, String headers) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket
          .getOutputStream()
          .write(
              "GET %s HTTP/1.1\r\n%sConnection: close\r\n\r\n"
                  .formatted(path, headers)
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void tokenHolderReleases() throws Exception {
    String body = "{\"host\":\"dom0-7\",\"domain\":\"vm176\",\"disk\":\"xvda2\",\"by\":\"ana\"}";
    assertThat(act("/api/v1/release", "Bearer wrong", body).statusCode()).isEqualTo(401);
    assertThat(act("/api/v1/release", "Bearer right-token", body).statusCode()).isEqualTo(404);
    assertThat(act("/api/v1/release", "Bearer right-token", "{}").body())
        .isEqualTo("host: missing in the body\n");
    act("/api/v1/release-all", "Bearer right-token", "");
    assertThat(asked)
        .extracting(OperatorRequest::ask)
        .containsExactly(
            new OperatorRequest.Release(new HostId("dom0-7"), "vm176", "xvda2"),
            new OperatorRequest.ReleaseAll());
  }

  private HttpResponse<String> act(String path, String token, String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .header("Authorization", token)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
