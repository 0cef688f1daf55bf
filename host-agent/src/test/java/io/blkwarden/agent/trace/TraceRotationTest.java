package io.blkwarden.agent.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.DeviceNumber;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TraceRotationTest {
  @Test
  void returnsAllThatFit() {
    TraceRotation rotation = new TraceRotation(32);

    assertThat(rotation.next(devices(3, 1, 2))).isEqualTo(devices(1, 2, 3));
    assertThat(rotation.next(devices(3, 1, 2))).isEqualTo(devices(1, 2, 3));
    assertThat(rotation.next(devices(2))).isEqualTo(devices(2));
    assertThat(rotation.next(List.of())).isEmpty();
  }

  @Test
  void newDevicesAreQueuedBehindWaitingOnes() {
    TraceRotation rotation = new TraceRotation(2);

    assertThat(rotation.next(devices(1, 2, 3))).isEqualTo(devices(1, 2));
    assertThat(rotation.next(devices(1, 2, 3, 4))).isEqualTo(devices(1, 3));
    // 2 waits longest, then 4, as 3 and 1 were watched just now.
    assertThat(rotation.next(devices(4, 3, 2, 1))).isEqualTo(devices(2, 4));
    assertThat(rotation.next(devices(1, 3))).isEqualTo(devices(1, 3));
  }

  @Test
  void reachesEachOfAThousandDevices() {
    TraceRotation rotation = new TraceRotation(BioTrace.MAX_DEVICES);
    List<DeviceNumber> all = devices(IntStream.range(0, 1_000).toArray());
    Set<DeviceNumber> seen = new HashSet<>();
    for (int turn = 0; turn < 32; turn++) {
      List<DeviceNumber> batch = rotation.next(all);
      assertThat(batch).hasSize(BioTrace.MAX_DEVICES);
      seen.addAll(batch);
    }
    assertThat(seen).hasSize(1_000);
  }

  private static List<DeviceNumber> devices(int... minors) {
    return IntStream.of(minors).mapToObj(minor -> new DeviceNumber(253, minor)).toList();
  }
}
