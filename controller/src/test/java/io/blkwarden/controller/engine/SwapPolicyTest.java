package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.model.message.Alert;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SwapPolicyTest {
  private static final String POLICY =
      """
      policies:
        - name: out-of-memory
          swap: { above: 1MB/s, for: 6s, clear_for: 3s }
          then: { ladder: [ idle ], alert: critical }
      """;

  private final TestHost host = new TestHost("dom0-7");
  private final int disk = host.addSwap(176);
  private final int other = host.addSwap(2);
  private final EngineRig rig = EngineRig.acting(POLICY);

  SwapPolicyTest() {
    rig.start(host);
  }

  private List<Alert> seconds(int count, int reads, int writes) {
    return EngineRig.alerts(
        rig.seconds(
            count,
            host,
            () -> {
              host.reads(disk, reads, 1, 100, 0);
              host.writes(disk, writes, 1);
              host.reads(other, 1, 1, 1, 0);
            }));
  }

  @Test
  void guestThatSwapsInAndOutIsFound() {
    List<Alert> alerts = seconds(8, 500, 250);

    assertThat(alerts)
        .singleElement()
        .satisfies(alert -> {
          assertThat(alert.severity()).isEqualTo(Alert.Severity.CRITICAL);
          assertThat(alert.condition().metric()).isEqualTo("swap.bytes_per_s");
          assertThat(alert.summary())
              .startsWith(
                  "vm176 on dom0-7 needs memory, not I/O: 2.0 MB/s swapped in and"
                      + " 1.0 MB/s out for 6 s");
        });
  }

  @Test
  void alternatingReadsAndWritesAreFound() {
    for (int i = 0; i < 4; i++) {
      if (!seconds(1, 1_000, 0).isEmpty() || !seconds(1, 0, 1_000).isEmpty()) {
        return;
      }
    }
    throw new AssertionError("no alert for a guest with alternating reads and writes");
  }

  @Test
  void swappingInOneDirectionIsNotFound() {
    assertThat(seconds(20, 5_000, 0)).isEmpty();
    assertThat(seconds(1, 0, 100)).isEmpty();
  }

  @Test
  void breachEndsWhenTheGuestStopsSwapping() {
    seconds(8, 500, 250);
    assertThat(seconds(4, 1, 0))
        .singleElement()
        .extracting(Alert::state)
        .isEqualTo(Alert.State.RESOLVED);
  }
}
