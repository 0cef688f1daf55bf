package io.blkwarden.controller.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.fleet.HostState.BatchResult;
import io.blkwarden.controller.fleet.HostState.MappingChange;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.sample.SampleColumn;
import io.blkwarden.model.sample.SampleFrame;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Implausible numbers are unknown, for at most a minute. */
class ImplausibleTest {
  private static final int GAP = 3;
  private static final int MINUTE = 60;

  private final TestHost host = new TestHost("dom0-7");
  private final HostState state = new HostState(host.id);

  ImplausibleTest() {
    host.add("vm1", 1, VolumeRole.DATA, MappingState.RESOLVED);
    host.fullMicros = 0;
    state.apply(host.snapshot());
    second(10, _ -> {});
    second(10, _ -> {});
    assertThat(iops()).isEqualTo(10);
  }

  @ParameterizedTest
  @ValueSource(longs = {1L << 62, Long.MAX_VALUE, 1L << 53, 50_000 + 86_400_000})
  void clockJumpInOneBatchMakesTheHostUnknownForSeconds(long clock) {
    second(10, frame -> frame.time(clock, host.wallMillis, 1_000));
    assertThat(iops()).isNaN();
    assertThat(secondsUntilKnown()).isLessThan(10);
  }

  @Test
  void lastingClockChangeIsFollowedInBothDirections() {
    for (int i = 1; i <= 5; i++) {
      long clock = (1L << 62) + i * 1_000L;
      second(10, frame -> frame.time(clock, host.wallMillis, 1_000));
    }
    assertThat(iops()).isEqualTo(10);
    assertThat(secondsUntilKnown()).isLessThan(10);
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE - 1, 1L << 62})
  void hugeSequenceNumberMakesTheHostUnknownForSeconds(long sequence) {
    second(10, frame -> frame.identify(host.run, host.baseId, host.revision, sequence));
    assertThat(secondsUntilKnown()).isLessThan(10);
  }

  @Test
  void interleavedOldBatchesAreIgnored() {
    SampleFrame old = host.frame();
    for (int i = 0; i < MINUTE; i++) {
      second(10, _ -> {});
      assertThat(state.accept(old, GAP)).isEqualTo(BatchResult.STALE);
      assertThat(state.accept(old, GAP)).isEqualTo(BatchResult.STALE);
      assertThat(state.accept(old, GAP)).isEqualTo(BatchResult.STALE);
      assertThat(iops()).isEqualTo(10);
    }
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "READ_IOS",
        "READ_SECTORS",
        "READ_MS",
        "WRITE_IOS",
        "WRITE_SECTORS",
        "WRITE_MS",
        "IO_MS"
      })
  void jumpingCounterIsUnknownForAWindowAndCounted(SampleColumn column) {
    for (long jump : List.of(5_000_000_000L, 1L << 31, 1L << 32, 1L << 40, 1L << 62)) {
      long before = state.implausible();
      second(10, frame -> add(frame, column, jump));
      assertThat(iops()).as("jump of %d", jump).isNaN();
      assertThat(state.bytes(0)).as("jump of %d", jump).isNaN();
      assertThat(state.value(Metric.AWAIT, 0)).as("jump of %d", jump).isNaN();
      assertThat(secondsUntilKnown()).isLessThan(3);
      assertThat(state.implausible() > before).as("jump of %d", jump).isEqualTo(jump != 1L << 31);
    }
  }

  @Test
  void mapWithAHugeSequenceNumberDoesNotBlockTheNextMap() {
    long revision = host.revision;
    long base = host.baseId;
    host.revision = 1L << 62;
    assertThat(state.apply(host.snapshot())).isEqualTo(MappingChange.IGNORED);
    host.revision = revision + 1;
    host.baseId = (1L << 62) - 1;
    assertThat(state.apply(host.snapshot())).isEqualTo(MappingChange.IGNORED);
    host.baseId = base;
    assertThat(state.apply(host.snapshot())).isNotEqualTo(MappingChange.IGNORED);
    assertThat(state.implausible()).isEqualTo(2);
    assertThat(secondsUntilKnown()).isLessThan(3);
  }

  @Test
  void pressureThatExceedsTheTimeIsUnknown() {
    second(10, _ -> host.fullMicros = 300_000);
    second(10, frame -> frame.pressure(frame.ioSomeMicros(), 5_000_000_000L));
    assertThat(state.value(Metric.HOST_IO_FULL, 0)).isNaN();
  }

  @Test
  void implausibleWallClockIsIgnored() {
    second(10, frame -> frame.time(host.monotonicMillis, 1L << 62, 1_000));
    assertThat(state.lastWallMillis()).isZero();
    assertThat(iops()).isEqualTo(10);
    assertThat(state.implausible()).isEqualTo(1);
  }

  @Test
  void implausibleIntervalIsLimited() {
    second(10, frame -> frame.time(host.monotonicMillis, host.wallMillis, Long.MAX_VALUE));
    assertThat(state.intervalMillis()).isEqualTo(Plausibility.INTERVAL_MILLIS);
    second(10, _ -> {});
    assertThat(state.intervalMillis()).isEqualTo(1_000);
  }

  private static void add(SampleFrame frame, SampleColumn column, long jump) {
    frame.disks().set(column, 0, Math.max(0, frame.disks().get(column, 0) + jump));
  }

  private void second(long ios, Consumer<SampleFrame> change) {
    host.reads(0, ios, 1, ios, 0);
    host.pass(1_000);
    SampleFrame frame = host.frame();
    change.accept(frame);
    state.accept(frame, GAP);
  }

  private double iops() {
    return state.value(Metric.IOPS, 0);
  }

  private int secondsUntilKnown() {
    for (int i = 0; i < MINUTE; i++) {
      second(10, _ -> {});
      if (iops() == 10) {
        return i;
      }
    }
    return MINUTE;
  }
}
