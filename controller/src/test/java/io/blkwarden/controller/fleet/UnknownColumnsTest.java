package io.blkwarden.controller.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.blkwarden.model.MappingState;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.sample.SampleColumn;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Disks of which a host knows some counters only, as those that share their volume. */
class UnknownColumnsTest {
  private static final int GAP = 3;

  private static final long VBD =
      SampleColumn.bits(
          SampleColumn.READ_MS,
          SampleColumn.WRITE_MS,
          SampleColumn.IN_FLIGHT,
          SampleColumn.IO_MS,
          SampleColumn.QUEUE_MS,
          SampleColumn.DISCARD_SECTORS,
          SampleColumn.FLUSH_MS);

  private final TestHost host = new TestHost("dom0-7");
  private final HostState state = new HostState(host.id);

  UnknownColumnsTest() {
    host.add("vm1", 1, VolumeRole.DATA, MappingState.RESOLVED);
    host.add("vm2", 2, VolumeRole.DATA, MappingState.RESOLVED);
    host.add("vm3", 3, VolumeRole.DATA, MappingState.RESOLVED);
  }

  @Test
  void countersMissingInBlkbackAreUnknown() {
    share(0);
    begin();
    requests(0, 300, 100);
    pass();

    assertThat(state.value(Metric.IOPS, 0)).isEqualTo(300);
    assertThat(state.value(Metric.READ_BYTES, 0)).isEqualTo(300 * 4096.0);
    for (Metric unknown :
        List.of(
            Metric.AWAIT,
            Metric.READ_AWAIT,
            Metric.UTIL,
            Metric.IN_FLIGHT,
            Metric.DISCARD_BYTES,
            Metric.DEVICE_TIME_SHARE)) {
      assertThat(state.value(unknown, 0)).as(unknown.id()).isNaN();
    }
    assertThat(state.busyMillis(0)).isNaN();
    assertThat(state.utilAtMost(0)).isCloseTo(0.1, within(1e-6));
    assertThat(state.value(Metric.IOPS, 1)).isZero();
    assertThat(state.value(Metric.UTIL, 1)).isZero();
  }

  @Test
  void aShareIsUnknownWhileMuchOfTheTimeOnTheDeviceIs() {
    share(0);
    begin();
    requests(0, 300, 100);
    host.reads(1, 100, 2, 200, 0);
    pass();
    assertThat(state.value(Metric.DEVICE_TIME_SHARE, 1)).isNaN();
    assertThat(state.guestsTimed(0)).isFalse();

    requests(0, 5, 10);
    host.reads(1, 100, 2, 200, 0);
    pass();
    assertThat(state.value(Metric.DEVICE_TIME_SHARE, 1)).isEqualTo(1);
    assertThat(state.guestsTimed(0)).isTrue();
    assertThat(state.guestsAwait(0)).isEqualTo(2);
  }

  @Test
  void neighboursAreMeasuredWithoutTheDiskWhoseTimeIsUnknown() {
    share(0);
    begin();
    requests(0, 300, 100);
    host.reads(1, 100, 4, 200, 3);
    pass();
    Neighbourhood hood = state.neighbourhood(0);
    assertThat(hood.otherIos()).isEqualTo(100);
    assertThat(hood.otherBusyMillis()).isEqualTo(400);
    assertThat(hood.otherInFlight()).isEqualTo(3);
    assertThat(hood.ownUtil()).isNaN();

    hood = state.neighbourhood(2);
    assertThat(hood.otherIos()).isEqualTo(400);
    assertThat(hood.otherBusyMillis()).as("three quarters are of an unknown time").isNaN();
  }

  @Test
  void newSourceOfCountersStartsANewWindow() {
    begin();
    host.reads(0, 500, 1, 100, 0);
    pass();
    assertThat(state.value(Metric.IOPS, 0)).isEqualTo(500);

    share(0);
    requests(0, 70_000, 100); // blkback has counted more than the device
    state.apply(host.snapshot());
    pass();
    assertThat(state.value(Metric.IOPS, 0)).isNaN();
    requests(0, 40, 10);
    pass();
    assertThat(state.value(Metric.IOPS, 0)).isEqualTo(40);

    host.counters.get(0)[SampleColumn.UNKNOWN_COLUMNS.id()] = 0; // overtakes its base
    requests(0, 40, 10);
    pass();
    assertThat(state.value(Metric.IOPS, 0)).isNaN();
  }

  @Test
  void unknownInFlightLeavesTheRestKnown() {
    begin();
    host.reads(0, 100, 2, 50, 4_294_967_295L);
    pass();
    assertThat(state.value(Metric.IN_FLIGHT, 0)).isNaN();
    assertThat(state.value(Metric.DEVICE_IN_FLIGHT, 0)).isNaN();
    assertThat(state.value(Metric.AWAIT, 0)).isEqualTo(2);
    assertThat(state.value(Metric.UTIL, 0)).isCloseTo(0.05, within(1e-6));

    host.reads(0, 0, 0, 0, 0);
    host.counters.get(0)[SampleColumn.UNKNOWN_COLUMNS.id()] = SampleColumn.IN_FLIGHT.bit();
    pass();
    assertThat(state.value(Metric.IN_FLIGHT, 0)).isNaN();
    assertThat(state.value(Metric.AWAIT, 0)).as("I/O may wait").isNaN();
    assertThat(state.value(Metric.IOPS, 0)).isZero();
  }

  private void share(int row) {
    host.counters.get(row)[SampleColumn.UNKNOWN_COLUMNS.id()] = VBD;
  }

  private void requests(int row, long ios, long sharedMillis) {
    long[] counters = host.counters.get(row);
    counters[SampleColumn.READ_IOS.id()] += ios;
    counters[SampleColumn.READ_SECTORS.id()] += 8 * ios;
    counters[SampleColumn.SHARED_IO_MS.id()] += sharedMillis;
  }

  private void begin() {
    state.apply(host.snapshot());
    pass();
  }

  private void pass() {
    host.pass(1_000);
    state.accept(host.frame(), GAP);
  }
}
