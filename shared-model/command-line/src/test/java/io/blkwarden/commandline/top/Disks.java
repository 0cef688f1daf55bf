package io.blkwarden.commandline.top;

import java.time.Instant;
import java.util.List;

/** Disks for tests. */
final class Disks {
  private static final String UUID = "11111111-2222-3333-4444-555555555555";

  /** A busy disk. */
  static final DiskLine SWAP =
      new DiskLine(
          "dom0-7",
          UUID,
          "vm176",
          "xvda2",
          "swap",
          List.of("sda"),
          List.of("137.xvda2-0[27444]"),
          new DiskLine.Load(
              new DiskLine.Io(512.4, 300, 2_097_152, 1_230_438), 31, 38.2, 0.97, 0.91, 340),
          new DiskLine.Io(51_240, 30_000, 209_715_200, 123_043_800),
          "idle 4m 10s");

  /** A disk delayed by the busy one. */
  static final DiskLine DATA =
      new DiskLine(
          "dom0-7",
          UUID,
          "vm41",
          "xvda",
          "data",
          List.of("sda", "sdb"),
          List.of("blkback.41.xvda[9]", "blkback.41.xvda[10]"),
          new DiskLine.Load(new DiskLine.Io(0, 9.1, 0, 37_000), 1, 412, 0.4, 0.09, 33.7),
          new DiskLine.Io(4_000_000, 910, 16_384_000_000.0, 3_700_000),
          null);

  /** A disk with unknown load. */
  static final DiskLine STALE =
      new DiskLine(
          "dom0-12",
          UUID,
          "数据库",
          "xvda1",
          "root",
          List.of(),
          List.of(),
          DiskLine.Load.UNKNOWN,
          DiskLine.Io.NONE,
          null);

  private Disks() {}

  static TopRound round(DiskLine... disks) {
    return new TopRound(
        Instant.parse("2026-11-26T02:00:00.123Z"), "2 hosts", List.of(disks), List.of());
  }

  /** A disk with hostile names. */
  static DiskLine named(String domain) {
    return new DiskLine(
        "dom0-7",
        UUID,
        domain,
        "xvda",
        "data",
        List.of("sda"),
        List.of(),
        SWAP.load(),
        SWAP.total(),
        null);
  }
}
