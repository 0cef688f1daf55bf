package io.blkwarden.controller.http;

import io.blkwarden.controller.audit.AuditQuery;
import io.blkwarden.controller.audit.AuditTrail;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.time.Duration;
import java.util.function.BiFunction;
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

  private final ChannelGroup connections;
  private final DisposableServer server;

  private StatusServer(ChannelGroup connections, DisposableServer server) {
    this.connections = connections;
    this.server = server;
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
      Metric.Source metrics,
      Approvals approvals,
      BiFunction<AuditQuery, Duration, Mono<AuditTrail>> audit) {
    ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    Connections limited = new Connections(settings.limits());
    RequestCheck check = new RequestCheck(settings.names());
    FleetRoutes fleet =
        new FleetRoutes(data, readiness, approvals.token() != null, settings.grafana());
    HttpServer plain =
        HttpServer.create()
            .bindAddress(settings::address)
            .compress(COMPRESS_BYTES)
            .channelGroup(connections)
            .doOnChannelInit((_, channel, _) -> limited.limit(channel))
            .route(routes -> {
              statusRoutes(routes, check, readiness, metrics);
              dataRoutes(routes, check, data, fleet);
              new ActionRoutes(approvals).add(routes, check);
              routes
                  .get("/api/v1/why", check.check(new AuditRoutes(audit)::handle))
                  .get("/**", check.check(new Assets()::handle));
            });
    HttpSettings.Tls tls = settings.tls();
    DisposableServer server = (tls == null ? plain : plain.secure(tls::configure)).bindNow();
    log.info(
        "serving {}://{}:{}/readyz",
        tls == null ? "http" : "https",
        settings.address().getHostString(),
        server.port());
    return new StatusServer(connections, server);
  }

  private static void statusRoutes(
      HttpServerRoutes routes,
      RequestCheck check,
      Supplier<Readiness> readiness,
      Metric.Source source) {
    MetricsText metrics = new MetricsText(source.metrics());
    routes
        .get(
            "/healthz",
            check.checkProbe((_, response) -> {
              boolean alive = readiness.get().alive();
              return text(response, alive, alive ? "ok" : "engine failed");
            }))
        .get(
            "/readyz",
            check.checkProbe((_, response) -> {
              Readiness now = readiness.get();
              return text(response, now.ready(), now.text().stripTrailing());
            }))
        .get(
            "/metrics",
            check.check((_, response) ->
                response
                    .header(HttpHeaderNames.CONTENT_TYPE, MetricsText.CONTENT_TYPE)
                    .sendByteArray(
                        source.refresh().get().then(Mono.fromSupplier(metrics::render)))));
  }

  private static Publisher<Void> text(HttpServerResponse response, boolean good, String text) {
    return Api.text(
        response, good ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE, text);
  }

  private static void dataRoutes(
      HttpServerRoutes routes, RequestCheck check, DashboardData data, FleetRoutes fleet) {
    EventRoutes events =
        new EventRoutes(data.history(), fleet.topics(), data.changes(), data.scheduler());
    FleetView view = data.view();
    routes
        .get("/api/v1/hosts", check.check((_, response) -> Api.ok(response, view.hosts())))
        .get("/api/v1/throttles", check.check((_, response) -> Api.ok(response, view.throttles())))
        .get("/api/v1/alerts", check.check((_, response) -> Api.ok(response, view.alerts())))
        .get("/api/v1/fleet", check.check(fleet.rendered(fleet::fleet)))
        .get("/api/v1/search", check.check(fleet::search))
        .get("/api/v1/disks", check.check(fleet::disks))
        .get("/api/v1/policies", check.check(fleet.rendered(fleet::policies)))
        .get("/api/v1/decisions", check.check(fleet.rendered(fleet::decisions)))
        .get("/api/v1/events", check.check(events::handle));
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
}
