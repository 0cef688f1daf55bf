package io.blkwarden.controller.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.http.FleetView;
import io.blkwarden.controller.http.Metric;
import io.blkwarden.controller.snapshot.FleetSnapshot;
import io.blkwarden.controller.snapshot.HostSnapshot;
import io.blkwarden.model.HostId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The metrics of the fleet. */
final class FleetMetricsTest {
  private static final int FLEET = FleetMetrics.HOSTS_MAX + 5;

  private static HostSnapshot host(int number) {
    HostSnapshot.State state =
        number == FLEET - 1 ? HostSnapshot.State.SILENT : HostSnapshot.State.LIVE;
    return new HostSnapshot(
        new HostId("h%05d".formatted(number)), state, 1, 0, 0, null, null, List.of(), 0);
  }

  private static FleetMetrics metrics() {
    FleetSnapshot snapshot =
        new FleetSnapshot(
            Instant.EPOCH,
            IntStream.range(0, FLEET).mapToObj(FleetMetricsTest::host).toList(),
            Map.of(),
            List.of(),
            Map.of(),
            List.of(),
            0,
            0,
            List.of(),
            List.of());
    FleetMetrics metrics =
        new FleetMetrics(() -> Mono.just(snapshot), new FleetView(), Schedulers.immediate());
    metrics.get().block();
    return metrics;
  }

  private static List<String> series(FleetMetrics metrics, String name) {
    List<String> series = new ArrayList<>();
    Metric metric =
        metrics.all().stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
    metric
        .values()
        .accept((value, labels) -> series.add(String.join(",", labels) + " " + Math.round(value)));
    return series;
  }

  @Test
  void metricsOfALargeFleetAreLimited() {
    FleetMetrics metrics = metrics();

    assertThat(series(metrics, "host_up"))
        .hasSize(FleetMetrics.HOSTS_MAX)
        .as("stale hosts come first")
        .startsWith("h%05d 0".formatted(FLEET - 1), "h00000 1");
    assertThat(series(metrics, "hosts_left_out")).containsExactly(" 5");
  }
}
