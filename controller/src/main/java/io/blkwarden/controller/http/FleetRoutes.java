package io.blkwarden.controller.http;

import io.blkwarden.controller.history.RecentDecisions;
import io.blkwarden.controller.policy.Policy;
import io.blkwarden.controller.policy.PolicyTree;
import io.blkwarden.controller.snapshot.DiskSnapshot;
import io.blkwarden.controller.snapshot.FleetSnapshot;
import io.blkwarden.controller.snapshot.HostSnapshot;
import io.blkwarden.model.HostId;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.InetAddress;
import java.net.URI;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** Fleet data under {@code GET /api/v1/...}, and the topics of event streams. */
final class FleetRoutes {
  private static final int ALERTS_MAX = 500;
  private static final int HOSTS_MAX = 64;
  private static final int QUERY_MAX = 100;

  private static final int SEARCHES = 8;

  /** A search reads the names of all disks on the engine's thread, so all addresses share this. */
  private static final int SEARCHES_IN_ALL = 12;

  private static final long SEARCH_WINDOW_MILLIS = 10_000;

  private final RateLimit searches =
      new RateLimit(SEARCHES, SEARCH_WINDOW_MILLIS, InstantSource.system());
  private final RateLimit searchesInAll =
      new RateLimit(SEARCHES_IN_ALL, SEARCH_WINDOW_MILLIS, InstantSource.system());
  private final DashboardData data;
  private final Supplier<Readiness> readiness;

  private final boolean actions;
  private final String grafana;

  /**
   * The routes.
   *
   * @param actions whether HTTP actions are enabled
   * @param grafana link to older data; absent for none
   */
  FleetRoutes(
      DashboardData data, Supplier<Readiness> readiness, boolean actions, @Nullable URI grafana) {
    this.data = data;
    this.readiness = readiness;
    this.actions = actions;
    this.grafana = grafana == null ? "" : grafana.toString();
  }

  /** The topics of every event stream. */
  List<EventRoutes.Topic> topics() {
    return List.of(
        new EventRoutes.Topic("state", () -> state().hashCode(), this::state),
        new EventRoutes.Topic("fleet", data.history()::refreshes, data.history()::overview),
        new EventRoutes.Topic("chart", data.history()::refreshes, data.history()::chart),
        new EventRoutes.Topic("acts", data.history()::revision, this::acts),
        new EventRoutes.Topic("alerts", data.view()::alertRevision, this::alerts),
        new EventRoutes.Topic("decisions", data.recentDecisions()::revision, this::decisions),
        new EventRoutes.Topic("policies", data.view()::policyRevision, this::policies));
  }

  private Map<String, Object> state() {
    Readiness now = readiness.get();
    return Map.of("ready", now.ready(), "text", now.text(), "actions", actions, "grafana", grafana);
  }

  private Map<String, Object> acts() {
    FleetSnapshot last = data.history().last();
    return Map.of(
        "throttles", last.throttles(),
        "throttles_in_all", last.throttlesInAll(),
        "proposals", last.proposals());
  }

  private Object alerts() {
    return data.view().alerts().stream().limit(ALERTS_MAX).toList();
  }

  Map<String, Object> decisions() {
    RecentDecisions recentDecisions = data.recentDecisions();
    Map<String, Map<String, Long>> counts = new HashMap<>();
    for (Policy policy : data.view().policies().policies()) {
      counts.put(policy.name(), recentDecisions.counts(policy.name()));
    }
    return Map.of("last", recentDecisions.last(), "counts", counts);
  }

  Map<String, Object> policies() {
    return Map.of(
        "policies", data.view().policies().policies().stream().map(PolicyTree::of).toList(),
        "brakes", PolicyTree.of(data.view().policies().safetyLimits()));
  }

  Map<String, Object> fleet() {
    return Map.of("fleet", data.history().overview(), "acts", acts());
  }

  /** {@code GET /api/v1/disks?host=dom0-7}; {@code host} is repeatable. */
  Publisher<Void> disks(HttpServerRequest request, HttpServerResponse response) {
    Set<HostId> hosts =
        Set.copyOf(
            Api.parameters(request, "host").stream()
                .distinct()
                .limit(HOSTS_MAX)
                .map(HostId::new)
                .toList());
    if (hosts.isEmpty()) {
      throw new IllegalArgumentException("expected ?host=NAME, repeatable");
    }
    return queried(response, data.hostDetails().apply(hosts).map(FleetRoutes::flat));
  }

  /** {@code GET /api/v1/search?q=vm176}: hosts by name; disks by domain, UUID, volume or device. */
  Publisher<Void> search(HttpServerRequest request, HttpServerResponse response) {
    List<String> given = Api.parameters(request, "q");
    String text = given.size() == 1 ? given.getFirst().strip() : "";
    if (text.isEmpty() || text.length() > QUERY_MAX) {
      throw new IllegalArgumentException(
          "q: expected 1 to %d characters, once".formatted(QUERY_MAX));
    }
    if (!searches.take(ActionRoutes.address(request))
        || !searchesInAll.take(InetAddress.getLoopbackAddress())) {
      return Api.text(
          response,
          HttpResponseStatus.TOO_MANY_REQUESTS,
          "too many searches: at most %d per address and %d in all in %d s; try again"
              .formatted(SEARCHES, SEARCHES_IN_ALL, SEARCH_WINDOW_MILLIS / 1_000));
    }
    return queried(
        response,
        data.search()
            .apply(text)
            .map(found ->
                Map.of(
                    "hosts", found.hosts().stream().map(HostSnapshot::host).sorted().toList(),
                    "disks", flat(found),
                    "max", DashboardData.SEARCH_MAX)));
  }

  private Publisher<Void> queried(HttpServerResponse response, Mono<?> value) {
    return value
        .publishOn(data.scheduler())
        .flatMap(each -> Api.ok(response, each))
        .onErrorResume(_ ->
            Api.text(
                response,
                HttpResponseStatus.SERVICE_UNAVAILABLE,
                "too many requests; retry in a few seconds"));
  }

  /** A disk with its host. */
  private record DiskRow(HostId host, DiskSnapshot disk) {}

  private static List<DiskRow> flat(FleetSnapshot snapshot) {
    return snapshot.disks().entrySet().stream()
        .flatMap(each -> each.getValue().stream().map(disk -> new DiskRow(each.getKey(), disk)))
        .toList();
  }

  /** Responds with a value, rendered on the scheduler. */
  RequestCheck.Handler rendered(Supplier<Object> value) {
    return (_, response) ->
        Mono.fromSupplier(value)
            .subscribeOn(data.scheduler())
            .flatMap(each -> Api.ok(response, each));
  }
}
