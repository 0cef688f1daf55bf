package io.blkwarden.commandline.top;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SortKeyTest {
  private static final DiskLine STUCK =
      new DiskLine(
          "dom0-9",
          "vm9",
          "xvda",
          "root",
          List.of("sdc"),
          List.of(),
          new DiskLine.Load(3, 0, 0, Double.NaN, 1, 0, Double.NaN),
          null);

  /** Its await is unknown, because its I/O has not completed. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NAME")
  void stuckDisksComeFirst(SortKey key) {
    assertThat(Disks.round(Disks.SWAP, Disks.SILENT, Disks.DATA, STUCK).sorted(key, ""))
        .startsWith(STUCK)
        .endsWith(Disks.SILENT);
  }
}
