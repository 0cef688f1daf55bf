package io.blkwarden.simulation.story;

import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.sample.SampleColumn;
import io.blkwarden.model.sample.SampleFrame;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** I/Os per second of one host's disks, from its snapshots and sample batches. */
final class DiskRates {
  private @Nullable MappingSnapshot snapshot;
  private long @Nullable [] lastIos;
  private long lastMillis;

  void snapshot(MappingSnapshot next) {
    snapshot = next;
    lastIos = null;
  }

  List<MappedDisk> disks() {
    return snapshot == null ? List.of() : snapshot.disks();
  }

  /** I/Os per second of each disk since the previous batch; null when unknown. */
  double @Nullable [] sampled(SampleFrame frame) {
    MappingSnapshot known = snapshot;
    if (known == null
        || !known.origin().run().equals(frame.run())
        || known.base().id() != frame.baseId()) {
      return null;
    }
    int rows = frame.disks().rows();
    long[] ios = new long[rows];
    for (int row = 0; row < rows; row++) {
      ios[row] =
          frame.disks().get(SampleColumn.READ_IOS, row)
              + frame.disks().get(SampleColumn.WRITE_IOS, row);
    }
    long[] before = lastIos;
    long millis = frame.monotonicMillis() - lastMillis;
    lastIos = ios;
    lastMillis = frame.monotonicMillis();
    if (before == null || before.length != rows || millis <= 0) {
      return null;
    }
    double[] rates = new double[rows];
    for (int row = 0; row < rows; row++) {
      rates[row] = (ios[row] - before[row]) * 1_000.0 / millis;
    }
    return rates;
  }
}
