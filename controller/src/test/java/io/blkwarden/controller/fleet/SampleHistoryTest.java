package io.blkwarden.controller.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.blkwarden.controller.fleet.HostState.BatchResult;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.message.MappingEvent.WorkersChanged;
import io.blkwarden.model.message.MappingOrigin;
import io.blkwarden.model.sample.SampleColumn;
import io.blkwarden.model.sample.SampleFrame;
import io.blkwarden.testing.Property;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Rates compared with a reference implementation, for histories with lost, duplicate and late
 * batches, new bases, reset counters, new threads, restarted agents and clock steps.
 */
final class SampleHistoryTest {
  private static final int GAP = 3;
  private static final int DISKS = 3;
  private static final List<SampleColumn> NEVER_BACK =
      List.of(
          SampleColumn.READ_IOS,
          SampleColumn.READ_SECTORS,
          SampleColumn.READ_MS,
          SampleColumn.WRITE_IOS,
          SampleColumn.WRITE_SECTORS,
          SampleColumn.WRITE_MS,
          SampleColumn.IO_MS);

  /** A sent batch with the kernel's counters. */
  private record Sent(SampleFrame frame, List<long[]> counters) {}

  private static final class History {
    final Random chance;
    final TestHost host = new TestHost("dom0-7");
    final HostState state = new HostState(host.id);
    private UUID mapRun;
    private long mapBase;
    private @Nullable Sent last;
    private @Nullable Sent before;
    private boolean known;

    History(long seed) {
      chance = new Random(seed);
      host.add("vm1", 1, VolumeRole.SWAP, MappingState.RESOLVED);
      host.add("vm2", 2, VolumeRole.ROOT, MappingState.RESOLVED);
      host.add("vm3", 3, VolumeRole.SWAP, MappingState.RESOLVED);
      for (long[] row : host.counters) {
        for (SampleColumn column : SampleColumn.all()) {
          row[column.id()] = column.cumulative() ? (1L << 40) + chance.nextInt() : 0;
        }
      }
      mapRun = host.run;
      map();
    }

    private void map() {
      state.apply(host.snapshot());
      mapRun = host.run;
      mapBase = host.baseId;
    }

    private Sent send() {
      return new Sent(host.frame(), host.counters.stream().map(long[]::clone).toList());
    }

    /** The result of the reference implementation; the state must agree. */
    private void deliver(Sent sent) {
      SampleFrame frame = sent.frame;
      BatchResult accepted = state.accept(frame, GAP);
      Sent previous = last;
      boolean fresh =
          frame.run().equals(mapRun)
              && frame.baseId() == mapBase
              && (previous == null
                  || (frame.sequence() > previous.frame.sequence()
                      && frame.monotonicMillis() > previous.frame.monotonicMillis()));
      if (fresh) {
        long gap = GAP * host.intervalMillis;
        known =
            previous != null && frame.monotonicMillis() - previous.frame.monotonicMillis() <= gap;
        before = previous;
        last = sent;
      }
      assertThat(accepted == BatchResult.MEASURED || accepted == BatchResult.BEGUN)
          .isEqualTo(fresh);
      compare();
    }

    private void compare() {
      Sent from = before;
      Sent to = last;
      for (int row = 0; row < DISKS && to != null; row++) {
        if (from == null || !known || !forward(to, from, row)) {
          assertThat(state.value(Metric.IOPS, row)).isNaN();
          assertThat(state.value(Metric.FLUSH_IOPS, row)).isNaN();
          assertThat(state.value(Metric.AWAIT, row)).isNaN();
        } else {
          compare(row, from, to);
        }
      }
    }

    private static boolean forward(Sent to, Sent from, int row) {
      return NEVER_BACK.stream().allMatch(column -> count(to, from, row, column) >= 0);
    }

    private void compare(int row, Sent from, Sent to) {
      double seconds = (to.frame.monotonicMillis() - from.frame.monotonicMillis()) / 1_000.0;
      double reads = count(to, from, row, SampleColumn.READ_IOS);
      double writes = count(to, from, row, SampleColumn.WRITE_IOS);
      double readMillis = count(to, from, row, SampleColumn.READ_MS);
      double writeMillis = count(to, from, row, SampleColumn.WRITE_MS);
      double readBytes = count(to, from, row, SampleColumn.READ_SECTORS) * 512.0;
      double writeBytes = count(to, from, row, SampleColumn.WRITE_SECTORS) * 512.0;
      double stalls = count(to, from, row, SampleColumn.OUT_OF_REQUESTS);
      boolean idle = to.counters.get(row)[SampleColumn.IN_FLIGHT.id()] == 0;
      same(Metric.IOPS, row, (reads + writes) / seconds);
      same(Metric.BYTES, row, (readBytes + writeBytes) / seconds);
      same(Metric.FLUSH_IOPS, row, count(to, from, row, SampleColumn.FLUSH_IOS) / seconds);
      same(Metric.DISCARD_IOPS, row, count(to, from, row, SampleColumn.DISCARD_IOS) / seconds);
      same(
          Metric.DISCARD_BYTES,
          row,
          count(to, from, row, SampleColumn.DISCARD_SECTORS) * 512.0 / seconds);
      same(Metric.OUT_OF_REQUESTS, row, stalls < 0 ? Double.NaN : stalls / seconds);
      same(Metric.READ_AWAIT, row, mean(readMillis, reads, idle));
      same(Metric.WRITE_AWAIT, row, mean(writeMillis, writes, idle));
      same(Metric.AWAIT, row, mean(readMillis + writeMillis, reads + writes, idle));
      boolean swap = host.disks.get(row).volume().role() == VolumeRole.SWAP;
      same(Metric.SWAP_IN, row, swap ? readBytes / seconds : Double.NaN);
      same(Metric.SWAP_OUT, row, swap ? writeBytes / seconds : Double.NaN);
    }

    private static double mean(double millis, double ios, boolean idle) {
      return ios > 0 ? millis / ios : idle ? 0 : Double.NaN;
    }

    private static long count(Sent to, Sent from, int row, SampleColumn column) {
      return to.counters.get(row)[column.id()] - from.counters.get(row)[column.id()];
    }

    private void same(Metric metric, int row, double expected) {
      double value = state.value(metric, row);
      if (Double.isNaN(expected)) {
        assertThat(value).as("%s of %d", metric.id(), row).isNaN();
      } else {
        assertThat(value)
            .as("%s of %d", metric.id(), row)
            .isCloseTo(expected, within(Math.abs(expected) * 1e-6 + 1e-9));
      }
    }

    void work() {
      for (long[] row : host.counters) {
        for (SampleColumn column : SampleColumn.all()) {
          boolean busy = chance.nextInt(4) > 0;
          row[column.id()] =
              column.cumulative()
                  ? row[column.id()] + (busy ? chance.nextInt(100_000) : 0)
                  : column == SampleColumn.IN_FLIGHT ? chance.nextInt(3) : 0;
        }
      }
      host.pass(1 + chance.nextInt(1_500));
    }

    void fault() {
      switch (chance.nextInt(9)) {
        case 0 -> send(); // lost
        case 1 -> {
          Sent late = send();
          work();
          deliver(send());
          deliver(late);
        }
        case 2 -> {
          Sent twice = send();
          deliver(twice);
          deliver(twice);
        }
        case 3 -> map();
        case 4 -> { // a device resets its counters, or a 32-bit counter wraps: new base
          long[] row = host.counters.get(chance.nextInt(DISKS));
          for (SampleColumn column : SampleColumn.all()) {
            row[column.id()] /= 4;
          }
          map();
        }
        case 5 -> { // a backend resets its stall counter
          host.counters.get(0)[SampleColumn.OUT_OF_REQUESTS.id()] /= 4;
          map();
        }
        case 6 -> host.wallMillis += chance.nextInt(7_200_000) - 3_600_000;
        case 7 -> {
          host.revision++;
          host.replace(0, MappingState.RESOLVED, List.of(TestHost.worker(1, chance.nextInt(99))));
          Instant at = Instant.ofEpochMilli(host.wallMillis);
          state.apply(
              new WorkersChanged(
                  new MappingOrigin(host.id, host.boot, host.run, host.revision, at),
                  host.disks.getFirst()));
        }
        default -> { // the agent restarts
          host.run = new UUID(chance.nextLong(), 1);
          host.baseId = 0;
          host.revision = 1;
          map();
          last = null;
          before = null;
          known = false;
        }
      }
    }
  }

  @Test
  void ratesEqualAReferenceImplementation() {
    Property.checkSeeds(
        300,
        seed -> {
          History history = new History(seed);
          for (int i = 0; i < 60; i++) {
            history.work();
            if (history.chance.nextInt(4) == 0) {
              history.fault();
            } else {
              history.deliver(history.send());
            }
          }
        });
  }
}
