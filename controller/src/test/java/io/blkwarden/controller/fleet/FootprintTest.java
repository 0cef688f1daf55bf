package io.blkwarden.controller.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.sample.SampleColumn;
import io.blkwarden.model.sample.SampleFrame;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bytes that a disk takes, with its map, and that a batch leaves behind. */
final class FootprintTest {
  private static final int HOSTS = 100;
  private static final int DISKS = 100;
  private static final int ATTEMPTS = 10;
  private static final double BYTES = 260;
  private static final double LEAST_BYTES = 100;
  private static final int BATCHES = 200;

  private static long allocated() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }

  /** A host of 100 disks as a snapshot tells of it that came over the wire. */
  private static HostState state(int number) {
    TestHost host = new TestHost("dom0-" + number);
    for (int i = 1; i <= DISKS; i++) {
      int row = host.addSwap(i);
      for (SampleColumn column : SampleColumn.all()) {
        // as much as a disk counts in a month: 50 I/O a second, 8 sectors each
        host.counters.get(row)[column.id()] = 130_000_000L * (column.id() % 2 == 0 ? 1 : 8);
      }
    }
    byte[] json = ControlJson.encode(host.snapshot());
    HostState state = new HostState(host.id);
    switch (ControlJson.decode(MappingSnapshot.class, json)) {
      case Decoded.Ok<MappingSnapshot>(MappingSnapshot read) -> state.apply(read);
      case Decoded.Malformed<MappingSnapshot> bad -> throw new AssertionError(bad.detail());
    }
    state.accept(host.frame(), 3);
    return state;
  }

  private static long usedHeap() {
    Runtime runtime = Runtime.getRuntime();
    System.gc();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  @Test
  void aDiskWithItsMapCountersAndRatesTakesAtMost260Bytes() {
    double bytes = Double.MAX_VALUE;
    // Other tests' threads and garbage may add or free memory meanwhile: it is measured again then.
    for (int attempt = 0; attempt < ATTEMPTS && (bytes < LEAST_BYTES || bytes > BYTES); attempt++) {
      List<HostState> kept = new ArrayList<>(List.of(state(0)));
      long before = usedHeap();
      for (int i = 1; i <= HOSTS; i++) {
        kept.add(state(i));
      }
      bytes = (double) (usedHeap() - before) / (HOSTS * DISKS);
      assertThat(kept).allMatch(each -> each.rows() == DISKS);
    }
    assertThat(bytes).isBetween(LEAST_BYTES, BYTES);
  }

  @Test
  void batchAllocatesNothing() {
    TestHost host = new TestHost("dom0-7");
    for (int i = 1; i <= 100; i++) {
      host.addSwap(i);
    }
    HostState state = new HostState(host.id);
    state.apply(host.snapshot());
    List<SampleFrame> frames = new ArrayList<>();
    for (int i = 0; i < BATCHES; i++) {
      host.pass(1_000);
      host.reads(i % 100, 50, 4, 100, 1);
      frames.add(host.frame());
    }
    state.accept(frames.get(0), 3);
    state.accept(frames.get(1), 3);
    // classes that are first used here are loaded once
    double sum = state.value(Metric.IOPS, 0) + state.value(Metric.SWAP_BYTES, 0);
    allocated();
    long before = allocated();
    for (int i = 2; i < BATCHES; i++) {
      state.accept(frames.get(i), 3);
      for (int row = 0; row < 100; row++) {
        sum += state.value(Metric.IOPS, row) + state.value(Metric.SWAP_BYTES, row);
      }
    }
    long taken = allocated() - before;

    assertThat(sum).isPositive();
    // what is allocated once, such as a loaded class, is less than 10 bytes a batch
    assertThat(taken).isLessThan(10L * BATCHES);
  }
}
