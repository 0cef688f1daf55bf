package io.blkwarden.model.sample;

import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * A batch of 100 disks, of which a third is idle, an hour after the base, from a fixed seed.
 *
 * <p>Used to measure size and speed of the format.
 */
public final class BusyHour {
  /** Number of disks. */
  public static final int DISKS = 100;

  /** Most disks neither discard nor run out of requests. */
  private static final List<SampleColumn> USED =
      List.of(
          SampleColumn.READ_IOS,
          SampleColumn.READ_SECTORS,
          SampleColumn.READ_MS,
          SampleColumn.WRITE_IOS,
          SampleColumn.WRITE_SECTORS,
          SampleColumn.WRITE_MS,
          SampleColumn.IO_MS,
          SampleColumn.QUEUE_MS);

  private BusyHour() {}

  /** Creates the batch. */
  public static SampleFrame frame() {
    Random random = new Random(20261122);
    SampleFrame frame = new SampleFrame();
    frame.identify(new UUID(1, 2), 1, 1, 3_600);
    frame.time(3_600_000, 1_763_834_405_120L, 1_000);
    frame.disks().reset(DISKS);
    for (int row = 0; row < DISKS; row++) {
      frame.disks().markPresent(row);
      if (row % 3 != 0) {
        for (SampleColumn column : USED) {
          frame.disks().set(column, row, random.nextInt(1 << 20));
        }
      }
    }
    return frame;
  }
}
