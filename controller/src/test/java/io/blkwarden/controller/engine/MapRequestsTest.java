package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.HostId;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class MapRequestsTest {
  private static final long RETRY = RequestBackoff.MIN_MILLIS;
  private final MapRequests mapRequests = new MapRequests();
  private final List<HostTracker> hosts =
      IntStream.range(0, 3 * MapRequests.AT_ONCE)
          .mapToObj(number -> new HostTracker(new HostId("dom0-" + number), new Semaphore(0)))
          .toList();

  private long asked(long nowMillis) {
    return hosts.stream().filter(host -> mapRequests.ask(host, nowMillis)).count();
  }

  @Test
  void mapsOfAFleetAreRequestedAFewAtATime() {
    assertThat(asked(0)).isEqualTo(MapRequests.AT_ONCE);
    assertThat(asked(10)).isZero();

    hosts.subList(0, 5).forEach(mapRequests::received);
    assertThat(hosts.stream().skip(5).filter(host -> mapRequests.ask(host, 20))).hasSize(5);
  }

  @Test
  void unansweredRequestFreesItsSlot() {
    assertThat(asked(0)).isEqualTo(MapRequests.AT_ONCE);
    assertThat(asked(RETRY)).isEqualTo(MapRequests.AT_ONCE);
  }

  @Test
  void mapThatArrivesUnrequestedIsNotAwaited() {
    hosts.getFirst().reportsDropped = true;
    mapRequests.received(hosts.getFirst());

    assertThat(hosts.getFirst().reportsDropped).isFalse();
    assertThat(asked(0)).isEqualTo(MapRequests.AT_ONCE);
  }
}
