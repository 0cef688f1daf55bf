package io.blkwarden.controller.http;

import io.blkwarden.model.message.OperatorRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.InetSocketAddress;
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
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * Serves {@code /healthz}, {@code /readyz}, {@code /metrics} and {@code /api/v1/{hosts,throttles,
 * alerts,why}}, which change nothing; and proposals may be approved and denied by whoever has the
 * token.
 */
public final class StatusServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StatusServer.class);
  private static final Duration STOP = Duration.ofSeconds(3);
  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private final Supplier<Readiness> readiness;
  private final MetricsText metrics;
  private final MetricSource.Fresh fresh;
  private final DisposableServer server;

  private StatusServer(
      InetSocketAddress address,
      Supplier<Readiness> readiness,
      FleetView view,
      MetricSource metrics,
      Approvals approvals,
      Stories stories) {
    StoryDoor told = new StoryDoor(stories);
    ProposalDoor door =
        new ProposalDoor(approvals.token(), approvals.controller(), approvals.clock());
    this.readiness = readiness;
    this.metrics = new MetricsText(metrics.metrics());
    this.fresh = metrics.fresh();
    this.server =
        HttpServer.create()
            .bindAddress(() -> address)
            .route(routes ->
                routes
                    .get("/healthz", (request, response) -> health(response))
                    .get("/readyz", (request, response) -> ready(response))
                    .get("/metrics", (request, response) -> metrics(response))
                    .get("/api/v1/hosts", (request, response) -> json(response, view.hosts()))
                    .get(
                        "/api/v1/throttles",
                        (request, response) -> json(response, view.throttles()))
                    .get("/api/v1/alerts", (request, response) -> json(response, view.alerts()))
                    .get("/api/v1/why", told::enter)
                    .post(
                        "/api/v1/proposals/{id}/approve",
                        (request, response) ->
                            door.enter(request, response, OperatorRequest.Approve::new))
                    .post(
                        "/api/v1/proposals/{id}/deny",
                        (request, response) ->
                            door.enter(request, response, OperatorRequest.Deny::new)))
            .bindNow();
  }

  /**
   * Starts to serve.
   *
   * @param address where; port 0 for any free one
   * @param approvals what approving takes
   * @param stories tells why
   * @throws RuntimeException if the address cannot be had
   */
  public static StatusServer start(
      InetSocketAddress address,
      Supplier<Readiness> readiness,
      FleetView view,
      MetricSource metrics,
      Approvals approvals,
      Stories stories) {
    StatusServer started = new StatusServer(address, readiness, view, metrics, approvals, stories);
    log.info("http://{}:{}/readyz", address.getHostString(), started.port());
    return started;
  }

  /** The port that it serves on. */
  public int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.disposeNow(STOP);
  }

  private Publisher<Void> health(HttpServerResponse response) {
    boolean alive = readiness.get().alive();
    return text(response, alive, alive ? "ok\n" : "the brain's thread does not turn\n");
  }

  private Publisher<Void> ready(HttpServerResponse response) {
    Readiness now = readiness.get();
    return text(response, now.ready(), now.text());
  }

  private Publisher<Void> metrics(HttpServerResponse response) {
    return response
        .header(HttpHeaderNames.CONTENT_TYPE, MetricsText.CONTENT_TYPE)
        .sendByteArray(Mono.fromFuture(fresh.get()).then(Mono.fromSupplier(metrics::render)));
  }

  private static Publisher<Void> json(HttpServerResponse response, Object value) {
    return response
        .header(HttpHeaderNames.CONTENT_TYPE, "application/json")
        .header("X-Content-Type-Options", "nosniff")
        .sendByteArray(Mono.fromSupplier(() -> JSON.writeValueAsBytes(value)));
  }

  private static Publisher<Void> text(HttpServerResponse response, boolean good, String text) {
    return response
        .status(good ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE)
        .header(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
        .sendByteArray(Mono.just(text.getBytes(StandardCharsets.UTF_8)));
  }
}
