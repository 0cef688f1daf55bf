package io.blkwarden.controller.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.sample.SampleColumn;
import io.blkwarden.model.sample.SampleFrame;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bytes that a disk's counters and rates take, and that a batch leaves behind. */
final class FootprintTest {
  private static final int ROWS = 4_096;
  private static final int BATCHES = 200;

  private static long allocated() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }

  @Test
  void countersAndRatesTakeAtMost200BytesADisk() {
    List<String> columns = SampleColumn.all().stream().map(SampleColumn::wire).toList();
    List<Long> row = Collections.nCopies(columns.size(), 1L);
    List<List<Long>> rows = Collections.nCopies(ROWS, row);
    allocated();
    long before = allocated();
    Counters counters = new Counters(columns, rows);
    Rates rates = new Rates(ROWS);
    long taken = allocated() - before;

    assertThat(counters.rows()).isEqualTo(ROWS);
    assertThat(rates.known(0)).isFalse();
    assertThat((double) taken / ROWS).isLessThanOrEqualTo(200);
  }

  @Test
  void aBatchLeavesNothingBehind() {
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
    allocated();
    long before = allocated();
    double sum = 0;
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
