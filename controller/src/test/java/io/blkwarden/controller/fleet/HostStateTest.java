package io.blkwarden.controller.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.blkwarden.controller.fleet.HostState.BatchResult;
import io.blkwarden.controller.fleet.HostState.MappingChange;
import io.blkwarden.model.Actuator;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.message.MappingEvent.DomainStopped;
import io.blkwarden.model.message.MappingEvent.WorkersChanged;
import io.blkwarden.model.message.MappingOrigin;
import io.blkwarden.model.sample.SampleFrame;
import io.blkwarden.model.sample.SampleTable;
import io.blkwarden.testing.Property;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class HostStateTest {
  private static final int GAP = 3;

  private final TestHost host = new TestHost("dom0-7");
  private final HostState state = new HostState(host.id);
  private int disk;
  private int other;

  @BeforeEach
  void begin() {
    disk = host.addSwap(1);
    other = host.addSwap(2);
    assertThat(state.apply(host.snapshot())).isEqualTo(MappingChange.REPLACED);
    assertThat(state.accept(host.frame(), GAP)).isEqualTo(BatchResult.BEGUN);
  }

  private BatchResult next(long millis) {
    host.pass(millis);
    return state.accept(host.frame(), GAP);
  }

  @Test
  void ratesAreCounterDifferencesPerMeasuredTime() {
    host.reads(disk, 300, 4, 500, 2);
    host.reads(other, 100, 4, 100, 0);
    assertThat(next(2_000)).isEqualTo(BatchResult.MEASURED);

    assertThat(state.value(Metric.IOPS, disk)).isEqualTo(150);
    assertThat(state.value(Metric.READ_IOPS, disk)).isEqualTo(150);
    assertThat(state.value(Metric.WRITE_IOPS, disk)).isZero();
    assertThat(state.value(Metric.READ_BYTES, disk)).isEqualTo(150 * 4096.0);
    assertThat(state.value(Metric.BYTES, disk)).isEqualTo(150 * 4096.0);
    assertThat(state.value(Metric.AWAIT, disk)).isEqualTo(4);
    assertThat(state.value(Metric.UTIL, disk)).isEqualTo(0.25);
    assertThat(state.value(Metric.IN_FLIGHT, disk)).isEqualTo(2);
    assertThat(state.value(Metric.DEVICE_TIME_SHARE, disk)).isEqualTo(0.75);
    assertThat(state.value(Metric.DEVICE_IOPS, disk)).isEqualTo(200);
    assertThat(state.value(Metric.DEVICE_UTIL, disk)).isCloseTo(0.3, within(1e-6));
    assertThat(state.value(Metric.HOST_IO_FULL, disk)).isNaN();
  }

  @Test
  void largeIosCountSeveralTimesInNormalisedIops() {
    host.reads(disk, 100, 1, 100, 0); // 4 KiB each: counted once
    host.writes(disk, 50, 1, 128); // 64 KiB each: counted four times
    next(1_000);

    assertThat(state.value(Metric.IOPS, disk)).isEqualTo(150);
    assertThat(state.value(Metric.NORMALISED_IOPS, disk)).isEqualTo(100 + 4 * 50);
  }

  @Test
  void deviceSumsInFlightAndLaggards() {
    host.reads(disk, 10, 800, 900, 4);
    host.reads(other, 0, 0, 700, 2);
    next(1_000);

    assertThat(state.value(Metric.READ_AWAIT, disk)).isEqualTo(800);
    assertThat(state.value(Metric.WRITE_AWAIT, disk)).isNaN();
    assertThat(state.value(Metric.AWAIT, other)).isNaN();
    assertThat(state.value(Metric.DEVICE_IN_FLIGHT, disk)).isEqualTo(2);
    assertThat(state.value(Metric.DEVICE_LAGGARDS, disk)).isEqualTo(2);

    host.reads(disk, 10, 499, 100, 0);
    host.reads(other, 0, 0, 100, 2);
    next(1_000);

    assertThat(state.value(Metric.DEVICE_LAGGARDS, disk)).isZero();
  }

  @Test
  void domainSumsAllItsSwapDisks() {
    host.reads(disk, 100, 1, 100, 0);
    next(1_000);

    assertThat(state.value(Metric.SWAP_IN, disk)).isEqualTo(100 * 4096.0);
    assertThat(state.value(Metric.SWAP_OUT, disk)).isZero();
    assertThat(state.value(Metric.SWAP_BYTES, other)).isZero();
  }

  @Test
  void lostBatchLosesNoIo() {
    host.reads(disk, 100, 1, 0, 0);
    host.pass(1_000);
    host.frame();
    host.reads(disk, 300, 1, 0, 0);
    assertThat(next(1_000)).isEqualTo(BatchResult.MEASURED);

    assertThat(state.value(Metric.IOPS, disk)).isEqualTo(200);
  }

  @Test
  void newBaseDoesNotShortenTheWindow() {
    host.reads(disk, 100, 1, 0, 0);
    host.revision++;
    assertThat(state.apply(host.snapshot())).isEqualTo(MappingChange.REBASED);
    host.reads(disk, 100, 1, 0, 0);
    assertThat(next(1_000)).isEqualTo(BatchResult.MEASURED);

    assertThat(state.value(Metric.IOPS, disk)).isEqualTo(200);
  }

  @Test
  void changedMapReplacesTheOldOne() {
    assertThat(state.apply(host.snapshot())).isEqualTo(MappingChange.REBASED);
    host.replace(other, MappingState.RESOLVED, List.of(TestHost.worker(2, 1)));
    assertThat(state.apply(host.snapshot())).isEqualTo(MappingChange.REPLACED);
    host.label(disk, Map.of("plan", "small"));
    assertThat(state.apply(host.snapshot())).isEqualTo(MappingChange.REPLACED);
    host.device(Actuator.INEFFECTIVE, "none");
    assertThat(state.apply(host.snapshot())).isEqualTo(MappingChange.REPLACED);
    assertThat(state.apply(host.snapshot())).isEqualTo(MappingChange.REBASED);
  }

  @Test
  void rowsFollowTheirDisksWhenOneIsRemoved() {
    host.reads(other, 100, 1, 0, 0);
    host.remove(disk);
    host.revision++;
    state.apply(host.snapshot());
    assertThat(next(1_000)).isEqualTo(BatchResult.MEASURED);

    assertThat(state.rows()).isEqualTo(1);
    assertThat(state.value(Metric.IOPS, 0)).isEqualTo(100);
  }

  @Test
  void olderBatchIsIgnored() {
    SampleFrame old = host.frame();
    next(1_000);
    assertThat(state.accept(old, GAP)).isEqualTo(BatchResult.STALE);
  }

  @Test
  void batchOfAnUnknownBaseIsIgnored() {
    host.snapshot();
    assertThat(next(1_000)).isEqualTo(BatchResult.UNKNOWN_BASE);
    host.run = TestHost.uuid("other", 9);
    assertThat(next(1_000)).isEqualTo(BatchResult.UNKNOWN_BASE);
  }

  @Test
  void agentRestartStartsANewWindow() {
    host.run = TestHost.uuid("other", 9);
    state.apply(host.snapshot());
    host.reads(disk, 100, 1, 0, 0);
    assertThat(next(1_000)).isEqualTo(BatchResult.BEGUN);
    assertThat(state.value(Metric.IOPS, disk)).isNaN();
    host.reads(disk, 100, 1, 0, 0);
    assertThat(next(1_000)).isEqualTo(BatchResult.MEASURED);
    assertThat(state.value(Metric.IOPS, disk)).isEqualTo(100);
  }

  @Test
  void decreasedCounterMakesItsWindowUnknown() {
    host.reads(disk, 100, 1, 0, 0);
    next(1_000);
    host.counters.get(disk)[0] = 0;
    host.revision++;
    state.apply(host.snapshot());
    next(1_000);
    assertThat(state.value(Metric.IOPS, disk)).isNaN();
    assertThat(state.value(Metric.IOPS, other)).isZero();
    host.reads(disk, 50, 1, 0, 0);
    next(1_000);
    assertThat(state.value(Metric.IOPS, disk)).isEqualTo(50);
  }

  @Test
  void wallClockStepChangesNothing() {
    host.reads(disk, 100, 1, 0, 0);
    host.wallMillis -= 3_600_000;
    next(1_000);
    assertThat(state.value(Metric.IOPS, disk)).isEqualTo(100);
  }

  @Test
  void gapOfMoreThanThreeIntervalsIsUnknown() {
    host.reads(disk, 100, 1, 0, 0);
    assertThat(next(3_000)).isEqualTo(BatchResult.MEASURED);
    host.reads(disk, 100, 1, 0, 0);
    assertThat(next(3_001)).isEqualTo(BatchResult.BEGUN);
    assertThat(state.value(Metric.IOPS, disk)).isNaN();
  }

  @Test
  void absentRowMakesThisAndTheNextWindowUnknown() {
    host.pass(1_000);
    SampleFrame frame = host.frame();
    SampleTable table = frame.disks();
    table.reset(2);
    table.markPresent(other);
    assertThat(state.accept(frame, GAP)).isEqualTo(BatchResult.MEASURED);
    assertThat(state.value(Metric.IOPS, disk)).isNaN();
    assertThat(state.value(Metric.IOPS, other)).isZero();
    next(1_000);
    assertThat(state.value(Metric.IOPS, disk)).isNaN();
    next(1_000);
    assertThat(state.value(Metric.IOPS, disk)).isZero();
  }

  @Test
  void pressureIsAShareOfTime() {
    host.someMicros = 0;
    host.fullMicros = 0;
    next(1_000);
    host.someMicros = 500_000;
    host.fullMicros = 250_000;
    next(1_000);
    assertThat(state.value(Metric.HOST_IO_SOME, disk)).isEqualTo(0.5);
    assertThat(state.value(Metric.HOST_IO_FULL, disk)).isEqualTo(0.25);
  }

  @Test
  void latencyIsUnknownWithoutCompletedIo() {
    host.reads(disk, 0, 0, 1_000, 4);
    next(1_000);
    assertThat(state.value(Metric.AWAIT, disk)).isNaN();
    assertThat(state.value(Metric.UTIL, disk)).isEqualTo(1);
    host.reads(disk, 0, 0, 0, 0);
    next(1_000);
    assertThat(state.value(Metric.AWAIT, disk)).isZero();
  }

  @Test
  void eventsApplyInOrderAndGapsAreDetected() {
    host.revision = 2;
    assertThat(state.apply(new DomainStopped(host.origin(), host.disks.get(disk).domain())))
        .isEqualTo(MappingChange.UPDATED);
    assertThat(state.disk(disk).workers()).isEmpty();
    assertThat(state.disk(other).workers()).hasSize(1);
    assertThat(state.apply(new WorkersChanged(host.origin(), host.disks.get(other))))
        .isEqualTo(MappingChange.IGNORED);
    host.revision = 4;
    assertThat(state.apply(new WorkersChanged(host.origin(), host.disks.get(other))))
        .isEqualTo(MappingChange.GAP);
    assertThat(state.mapGap()).isTrue();
    assertThat(state.apply(host.snapshot())).isEqualTo(MappingChange.REPLACED);
    assertThat(state.mapGap()).isFalse();
  }

  @Test
  void olderSnapshotIsIgnored() {
    MappingOrigin now = host.origin();
    host.revision = 0;
    assertThat(state.apply(host.snapshot())).isEqualTo(MappingChange.IGNORED);
    assertThat(state.map.revision).isEqualTo(now.revision());
  }

  /** Each I/O is counted in exactly one window, despite lost or late batches and new bases. */
  @Test
  void everyIoIsCountedOnceDespiteLostBatches() {
    Property.checkSeeds(
        200,
        seed -> {
          Random random = new Random(seed);
          TestHost any = new TestHost("dom0-9");
          int row = any.addSwap(1);
          HostState target = new HostState(any.id);
          target.apply(any.snapshot());
          target.accept(any.frame(), GAP);
          double counted = 0;
          double done = 0;
          for (int i = 0; i < 50; i++) {
            long ios = random.nextInt(1_000);
            any.reads(row, ios, 1, 0, 0);
            done += ios;
            any.pass(100 + random.nextInt(900));
            if (random.nextInt(4) == 0) {
              any.revision++;
              target.apply(any.snapshot());
            }
            boolean last = i == 49;
            if (last || random.nextInt(3) > 0) {
              if (target.accept(any.frame(), 1_000) == BatchResult.MEASURED) {
                counted += target.value(Metric.IOPS, row) * target.windowMillis() / 1_000;
              }
            }
          }
          assertThat(counted).isCloseTo(done, within(done * 1e-5));
        });
  }
}
