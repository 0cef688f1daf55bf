package io.blkwarden.simulation.story;

import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.sample.SampleColumn;
import io.blkwarden.model.sample.SampleFrame;
import io.blkwarden.model.sample.SampleTable;
import java.util.List;

/** I/Os per second of one host's disks, from its snapshots and sample batches. */
final class DiskRates {
  private MappingSnapshot snapshot;
  private long[] lastIos = {};
  private long lastMillis;

  DiskRates(MappingSnapshot first) {
    snapshot = first;
  }

  void snapshot(MappingSnapshot next) {
    snapshot = next;
    lastIos = new long[0];
  }

  List<MappedDisk> disks() {
    return snapshot.disks();
  }

  /** I/Os per second of each disk since the previous batch; empty when unknown. */
  double[] sampled(SampleFrame frame) {
    SampleTable table = frame.disks();
    long[] ios = new long[disks().size()];
    if (!snapshot.origin().run().equals(frame.run())
        || snapshot.base().id() != frame.baseId()
        || table.rows() != ios.length) {
      return new double[0];
    }
    double[] rates = new double[lastIos.length];
    double seconds = (frame.monotonicMillis() - lastMillis) / 1_000.0;
    for (int row = 0; row < ios.length; row++) {
      ios[row] = table.get(SampleColumn.READ_IOS, row) + table.get(SampleColumn.WRITE_IOS, row);
      if (row < rates.length && seconds > 0) {
        rates[row] = (ios[row] - lastIos[row]) / seconds;
      }
    }
    lastIos = ios;
    lastMillis = frame.monotonicMillis();
    return rates;
  }
}
