package io.blkwarden.controller.http;

import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;

/** The HTTP server of the dashboard, the API, health checks and metrics. */
public final class StatusServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StatusServer.class);
  private static final Duration STOP = Duration.ofSeconds(3);
  private static final int COMPRESS_BYTES = 1_024;

  private final Supplier<Readiness> readiness;
  private final MetricsText metrics;
  private final MetricSource.Refresh refresh;
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final DisposableServer server;

  private StatusServer(
      HttpSettings settings,
      Supplier<Readiness> readiness,
      DashboardData data,
      MetricSource metrics,
      Approvals approvals,
      AuditSource audit) {
    this.readiness = readiness;
    this.metrics = new MetricsText(metrics.metrics());
    this.refresh = metrics.refresh();
    Connections limited = new Connections(settings.limits());
    RequestCheck check = new RequestCheck(settings.names());
    HttpServer plain =
        HttpServer.create()
            .bindAddress(settings::address)
            .compress(COMPRESS_BYTES)
            .channelGroup(connections)
            .doOnChannelInit((_, channel, _) -> limited.limit(channel))
            .route(routes -> {
              statusRoutes(routes, check, data.view());
              dataRoutes(
                  routes,
                  check,
                  data,
                  new FleetRoutes(data, readiness, approvals.token() != null, settings.grafana()));
              actionRoutes(routes, check, new ActionRoutes(approvals));
              routes
                  .get("/api/v1/why", check.check(new AuditRoutes(audit)::handle))
                  .get("/**", check.check(new Assets()::handle));
            });
    HttpSettings.Tls tls = settings.tls();
    this.server = (tls == null ? plain : plain.secure(tls::configure)).bindNow();
  }

  private void statusRoutes(HttpServerRoutes routes, RequestCheck check, FleetView view) {
    routes
        .get("/healthz", check.checkProbe((_, response) -> health(response)))
        .get("/readyz", check.checkProbe((_, response) -> ready(response)))
        .get("/metrics", check.check((_, response) -> metrics(response)))
        .get("/api/v1/hosts", check.check((_, response) -> Api.ok(response, view.hosts())))
        .get("/api/v1/throttles", check.check((_, response) -> Api.ok(response, view.throttles())))
        .get("/api/v1/alerts", check.check((_, response) -> Api.ok(response, view.alerts())));
  }

  private void dataRoutes(
      HttpServerRoutes routes, RequestCheck check, DashboardData data, FleetRoutes fleet) {
    EventRoutes events =
        new EventRoutes(data.history(), fleet.topics(), data.changes(), data.scheduler());
    routes
        .get("/api/v1/fleet", check.check(fleet::fleet))
        .get("/api/v1/search", check.check(fleet::search))
        .get("/api/v1/disks", check.check(fleet::disks))
        .get("/api/v1/policies", check.check(fleet::policies))
        .get("/api/v1/decisions", check.check(fleet::decisions))
        .get("/api/v1/events", check.check(events::handle));
  }

  private static void actionRoutes(
      HttpServerRoutes routes, RequestCheck check, ActionRoutes actions) {
    routes
        .post("/api/v1/proposals/{id}/approve", check.check(actions::approve))
        .post("/api/v1/proposals/{id}/deny", check.check(actions::deny))
        .post("/api/v1/release", check.check(actions::release))
        .post("/api/v1/release-all", check.check(actions::releaseAll))
        .post("/api/v1/acks", check.check(actions::acknowledge))
        .post("/api/v1/acks/undo", check.check(actions::undoAcknowledgement))
        .post("/api/v1/silences", check.check(actions::silence))
        .post("/api/v1/silences/{id}/expire", check.check(actions::expireSilence));
  }

  /**
   * Starts a server.
   *
   * @throws RuntimeException if the address cannot be bound or the certificate cannot be read
   */
  public static StatusServer start(
      HttpSettings settings,
      Supplier<Readiness> readiness,
      DashboardData data,
      MetricSource metrics,
      Approvals approvals,
      AuditSource audit) {
    StatusServer started = new StatusServer(settings, readiness, data, metrics, approvals, audit);
    log.info(
        "serving {}://{}:{}/readyz",
        settings.tls() == null ? "http" : "https",
        settings.address().getHostString(),
        started.port());
    return started;
  }

  /** The port it listens on. */
  public int port() {
    return server.port();
  }

  @Override
  public void close() {
    connections.close().awaitUninterruptibly(STOP.toMillis()); // ends event streams
    server.disposeNow(STOP);
  }

  private Publisher<Void> health(HttpServerResponse response) {
    boolean alive = readiness.get().alive();
    return text(response, alive, alive ? "ok\n" : "engine failed\n");
  }

  private Publisher<Void> ready(HttpServerResponse response) {
    Readiness now = readiness.get();
    return text(response, now.ready(), now.text());
  }

  private Publisher<Void> metrics(HttpServerResponse response) {
    return response
        .header(HttpHeaderNames.CONTENT_TYPE, MetricsText.CONTENT_TYPE)
        .sendByteArray(refresh.get().then(Mono.fromSupplier(metrics::render)));
  }

  private static Publisher<Void> text(HttpServerResponse response, boolean good, String text) {
    return response
        .status(good ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE)
        .header(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
        .sendByteArray(Mono.just(text.getBytes(StandardCharsets.UTF_8)));
  }
}
