package io.blkwarden.commandline.top;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ColumnTest {
  private static final DiskLine STUCK =
      new DiskLine(
          "dom0-9",
          "uuid",
          "vm9",
          "xvda",
          "root",
          List.of("sdc"),
          List.of(),
          new DiskLine.Load(DiskLine.Io.NONE, 3, Double.NaN, 1, 0, Double.NaN),
          DiskLine.Io.NONE,
          null);

  /** Its await is unknown, because its I/O has not completed. */
  @ParameterizedTest
  @EnumSource(names = {"QUEUE", "READS", "IOPS", "BYTES", "AWAIT", "UTIL", "SHARE", "SCORE"})
  void stuckDisksComeFirst(Column key) {
    assertThat(Disks.round(Disks.SWAP, Disks.STALE, Disks.DATA, STUCK).sorted(key, false, ""))
        .startsWith(STUCK)
        .endsWith(Disks.STALE);
  }

  @Test
  void columnsAreFoundByTheirTitlesAndFormerNames() {
    for (Column column : Column.values()) {
      assertThat(Column.byWord(column.toString())).contains(column);
      assertThat(Column.byWord(column.title(true))).contains(column);
    }
    assertThat(Column.byWord("pain")).contains(Column.SCORE);
    assertThat(Column.byWord("flight")).contains(Column.QUEUE);
    assertThat(Column.byWord("name")).contains(Column.HOST);
    assertThat(Column.byWord("bytes")).contains(Column.BYTES);
    assertThat(Column.byWord("age")).isEmpty();
  }

  @Test
  void totalsAndNamesSort() {
    TopRound round = Disks.round(Disks.STALE, Disks.DATA, Disks.SWAP);
    assertThat(round.sorted(Column.READS, false, ""))
        .containsExactly(Disks.SWAP, Disks.DATA, Disks.STALE);
    assertThat(round.sorted(Column.READS, true, ""))
        .containsExactly(Disks.DATA, Disks.SWAP, Disks.STALE);
    assertThat(round.sorted(Column.ROLE, false, ""))
        .containsExactly(Disks.DATA, Disks.STALE, Disks.SWAP);
  }
}
