package io.blkwarden.commandline.top;

import java.time.Instant;
import java.util.List;

/** Disks for tests. */
final class Disks {
  /** A busy disk. */
  static final DiskLine SWAP =
      new DiskLine(
          "dom0-7",
          "vm176",
          "xvda2",
          "swap",
          List.of("sda"),
          List.of("137.xvda2-0[27444]"),
          new DiskLine.Load(31, 812.4, 3_327_590, 38.2, 0.97, 0.91, 340),
          "idle 4m 10s");

  /** A disk delayed by the busy one. */
  static final DiskLine DATA =
      new DiskLine(
          "dom0-7",
          "vm41",
          "xvda",
          "data",
          List.of("sda", "sdb"),
          List.of("blkback.41.xvda[9]", "blkback.41.xvda[10]"),
          new DiskLine.Load(1, 9.1, 37_000, 412, 0.4, 0.09, 33.7),
          null);

  /** A disk with unknown load. */
  static final DiskLine SILENT =
      new DiskLine(
          "dom0-12", "数据库", "xvda1", "root", List.of(), List.of(), DiskLine.Load.UNKNOWN, null);

  private Disks() {}

  static TopRound round(DiskLine... disks) {
    return new TopRound(
        Instant.parse("2026-11-26T02:00:00.123Z"), "2 hosts", List.of(disks), List.of());
  }

  /** A disk with hostile names. */
  static DiskLine named(String domain) {
    return new DiskLine(
        "dom0-7", domain, "xvda", "data", List.of("sda"), List.of(), SWAP.load(), null);
  }
}
