package io.blkwarden.controller.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.HostId;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SnapshotsTest {
  private static final long RETRY = 5_000;
  private final Snapshots snapshots = new Snapshots(RETRY);
  private final List<HostWatch> hosts =
      IntStream.range(0, 3 * Snapshots.AT_ONCE)
          .mapToObj(number -> new HostWatch(new HostId("dom0-" + number)))
          .toList();

  private long asked(long nowMillis) {
    return hosts.stream().filter(host -> snapshots.ask(host, nowMillis)).count();
  }

  @Test
  void aFleetIsAskedAFewHostsAtATimeAsTheirMapsCome() {
    assertThat(asked(0)).isEqualTo(Snapshots.AT_ONCE);
    assertThat(asked(10)).isZero();

    hosts.subList(0, 5).forEach(snapshots::came);
    assertThat(hosts.stream().skip(5).filter(host -> snapshots.ask(host, 20))).hasSize(5);
  }

  @Test
  void aRequestThatLedToNothingGivesItsPlaceUp() {
    assertThat(asked(0)).isEqualTo(Snapshots.AT_ONCE);
    assertThat(asked(RETRY)).isEqualTo(Snapshots.AT_ONCE);
  }

  @Test
  void aMapThatCameUnaskedIsNotWaitedFor() {
    hosts.getFirst().missed = true;
    snapshots.came(hosts.getFirst());

    assertThat(hosts.getFirst().missed).isFalse();
    assertThat(asked(0)).isEqualTo(Snapshots.AT_ONCE);
  }
}
