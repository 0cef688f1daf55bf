package io.blkwarden.controller.top;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.blkwarden.commandline.top.DiskLine;
import io.blkwarden.commandline.top.TopRound;
import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.sample.SampleCodec;
import io.blkwarden.model.subject.Subjects;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class FleetTopTest {
  private static final Subjects SUBJECTS = Subjects.DEFAULT;

  private final TestHost host = new TestHost("dom0-7");
  private final int swap = host.addSwap(176);
  private final int data = host.add("vm41", 41, VolumeRole.DATA, MappingState.RESOLVED);
  private final FleetTop fleet = new FleetTop(SUBJECTS, Set.of());
  private long now = 1_000;

  private void map(TestHost of) {
    MappingSnapshot snapshot = of.snapshot();
    fleet.message(SUBJECTS.mapping(of.id, snapshot.event()), ControlJson.encode(snapshot), now);
  }

  private void sample() {
    fleet.message(SUBJECTS.sample(host.id), SampleCodec.encode(host.frame()), now);
  }

  private TopRound round() {
    return fleet.round(Instant.EPOCH, now, List.of());
  }

  private DiskLine line(int row) {
    String domain = host.disks.get(row).domain().name();
    return round().disks().stream()
        .filter(each -> each.domain().equals(domain))
        .findFirst()
        .orElseThrow();
  }

  /** A second in which vm176 reads 500 times and vm41 writes 100 times. */
  private void second() {
    host.reads(swap, 500, 8, 900, 3);
    host.writes(data, 100, 40);
    host.pass(1_000);
    now += 1_000;
    sample();
  }

  @Test
  void diskHasValuesAfterTwoSamples() {
    map(host);
    sample();
    assertThat(line(swap).load().rate().reads()).isNaN();
    assertThat(line(swap).threads()).containsExactly("176.xvda2-0[1176]");
    second();
    DiskLine.Load load = line(swap).load();
    assertThat(load.rate().reads()).isEqualTo(500);
    assertThat(line(data).load().rate().writes()).isEqualTo(100);
    assertThat(load.awaitMillis()).isEqualTo(8);
    assertThat(load.share()).isCloseTo(0.5, within(1e-6));
    assertThat(load.latencyScoreMillis()).isCloseTo(0.5 * 0.9 * 8_000 / 600, within(1e-3));
    assertThat(round().summary()).isEqualTo("1 host, 2 disks, 0 throttled");
    assertThat(round().remarks()).isEmpty();
  }

  @Test
  void valuesOfStaleHostAreUnknown() {
    map(host);
    sample();
    second();
    now += TopHost.STALE_MILLIS + 1;
    assertThat(line(swap).load()).isEqualTo(DiskLine.Load.UNKNOWN);
    assertThat(round().remarks())
        .singleElement()
        .asString()
        .startsWith("not reporting, values unknown");
    second();
    assertThat(line(swap).total().reads()).isEqualTo(500 + 500);
    assertThat(round().remarks()).isEmpty();
    assertThat(line(swap).load().rate().reads()).isEqualTo(500);
  }

  @Test
  void foreignAndUnreadableMessagesAreIgnored() {
    HostId other = new HostId("dom0-8");
    MappingSnapshot snapshot = host.snapshot();
    fleet.message(SUBJECTS.mapping(other, snapshot.event()), ControlJson.encode(snapshot), now);
    fleet.message(SUBJECTS.sample(host.id) + ".x", SampleCodec.encode(host.frame()), now);
    fleet.message("blkwarden.v1.sample.%zz", new byte[] {1}, now);
    fleet.message("blkwarden.v1", new byte[0], now);
    fleet.message(SUBJECTS.heartbeat(host.id), "{".getBytes(StandardCharsets.UTF_8), now);
    assertThat(round().disks()).isEmpty();
    assertThat(round().remarks()).singleElement().asString().startsWith("no host reports");
  }

  @Test
  void onlySelectedHostsAreShown() {
    FleetTop one = new FleetTop(SUBJECTS, Set.of(new HostId("dom0-8")));
    MappingSnapshot snapshot = host.snapshot();
    one.message(SUBJECTS.mapping(host.id, snapshot.event()), ControlJson.encode(snapshot), now);
    assertThat(one.round(Instant.EPOCH, now, List.of()).remarks().getFirst()).contains("--host");
  }

  @Test
  void detachedDiskIsNotShown() {
    map(host);
    host.replace(swap, MappingState.GONE, List.of());
    host.revision++;
    map(host);
    assertThat(round().disks()).extracting(DiskLine::domain).containsExactly("vm41");
  }
}
