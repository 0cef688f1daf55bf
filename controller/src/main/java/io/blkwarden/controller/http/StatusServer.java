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

/**
 * Serves the dashboard, {@code /healthz}, {@code /readyz}, {@code /metrics} and what {@code GET
 * /api/v1/...} tells, which change nothing; and whoever has the token may act.
 */
public final class StatusServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StatusServer.class);
  private static final Duration STOP = Duration.ofSeconds(3);
  private static final int COMPRESS_BYTES = 1_024;

  private final Supplier<Readiness> readiness;
  private final MetricsText metrics;
  private final MetricSource.Fresh fresh;
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final DisposableServer server;

  private StatusServer(
      HttpSettings place,
      Supplier<Readiness> readiness,
      DashboardData shown,
      MetricSource metrics,
      Approvals approvals,
      AuditSource stories) {
    this.readiness = readiness;
    this.metrics = new MetricsText(metrics.metrics());
    this.fresh = metrics.fresh();
    Connections limited = new Connections(place.limits());
    Doors doors = new Doors(shown, readiness, approvals, stories);
    HttpServer plain =
        HttpServer.create()
            .bindAddress(place::address)
            .compress(COMPRESS_BYTES)
            .channelGroup(connections)
            .doOnChannelInit((_, channel, _) -> limited.limit(channel))
            .route(routes -> routes(routes, doors, new RequestCheck(place.names())));
    Tls tls = place.tls();
    this.server = (tls == null ? plain : plain.secure(tls::configure)).bindNow();
  }

  private static final class Doors {
    final AuditRoutes story;
    final ActionRoutes act;
    final FleetRoutes board;
    final EventRoutes live;
    final Assets assets = new Assets();
    final FleetView view;

    Doors(
        DashboardData shown,
        Supplier<Readiness> readiness,
        Approvals approvals,
        AuditSource stories) {
      story = new AuditRoutes(stories);
      act = new ActionRoutes(approvals.token(), approvals.controller(), approvals.clock());
      board = new FleetRoutes(shown, readiness, approvals.token() != null);
      live = new EventRoutes(shown.history(), board.topics(), shown.pulse(), shown.thread());
      view = shown.view();
    }
  }

  private void routes(HttpServerRoutes routes, Doors doors, RequestCheck entrance) {
    FleetView view = doors.view;
    routes
        .get("/healthz", entrance.toProbes((_, response) -> health(response)))
        .get("/readyz", entrance.toProbes((_, response) -> ready(response)))
        .get("/metrics", entrance.to((_, response) -> metrics(response)))
        .get("/api/v1/hosts", entrance.to((_, response) -> Api.ok(response, view.hosts())))
        .get("/api/v1/throttles", entrance.to((_, response) -> Api.ok(response, view.throttles())))
        .get("/api/v1/alerts", entrance.to((_, response) -> Api.ok(response, view.alerts())))
        .get("/api/v1/why", entrance.to(doors.story::enter))
        .get("/api/v1/fleet", entrance.to(doors.board::fleet))
        .get("/api/v1/disks", entrance.to(doors.board::disks))
        .get("/api/v1/policies", entrance.to(doors.board::policies))
        .get("/api/v1/decisions", entrance.to(doors.board::decisions))
        .get("/api/v1/events", entrance.to(doors.live::enter))
        .post("/api/v1/proposals/{id}/approve", entrance.to(doors.act::approve))
        .post("/api/v1/proposals/{id}/deny", entrance.to(doors.act::deny))
        .post("/api/v1/release", entrance.to(doors.act::release))
        .post("/api/v1/release-all", entrance.to(doors.act::releaseAll))
        .get("/**", entrance.to(doors.assets::enter));
  }

  /**
   * Starts to serve.
   *
   * @param place where, and under which names
   * @param approvals what acting takes
   * @param stories tells why
   * @throws RuntimeException if the address cannot be had, or the certificate not be read
   */
  public static StatusServer start(
      HttpSettings place,
      Supplier<Readiness> readiness,
      DashboardData shown,
      MetricSource metrics,
      Approvals approvals,
      AuditSource stories) {
    StatusServer started = new StatusServer(place, readiness, shown, metrics, approvals, stories);
    log.info(
        "{}://{}:{}/readyz",
        place.tls() == null ? "http" : "https",
        place.address().getHostString(),
        started.port());
    return started;
  }

  /** The port that it serves on. */
  public int port() {
    return server.port();
  }

  @Override
  public void close() {
    connections.close().awaitUninterruptibly(STOP.toMillis()); // pages would follow it for ever
    server.disposeNow(STOP);
  }

  private Publisher<Void> health(HttpServerResponse response) {
    boolean alive = readiness.get().alive();
    return text(response, alive, alive ? "ok\n" : "the engine has ended\n");
  }

  private Publisher<Void> ready(HttpServerResponse response) {
    Readiness now = readiness.get();
    return text(response, now.ready(), now.text());
  }

  private Publisher<Void> metrics(HttpServerResponse response) {
    return response
        .header(HttpHeaderNames.CONTENT_TYPE, MetricsText.CONTENT_TYPE)
        .sendByteArray(fresh.get().then(Mono.fromSupplier(metrics::render)));
  }

  private static Publisher<Void> text(HttpServerResponse response, boolean good, String text) {
    return response
        .status(good ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE)
        .header(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
        .sendByteArray(Mono.just(text.getBytes(StandardCharsets.UTF_8)));
  }
}
