package io.blkwarden.commandline.top;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.commandline.Cells;
import io.blkwarden.testing.Property;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TopTableTest {
  private static final List<DiskLine> ALL = List.of(Disks.SWAP, Disks.DATA, Disks.STALE);

  private final TopTable table = new TopTable(true, false);

  @Test
  void wideScreenShowsAllColumns() {
    assertThat(table.lines(ALL, Column.SCORE, Integer.MAX_VALUE))
        .containsExactly(
            " HOST     DOMAIN  DISK   ROLE  DEVICE   THREAD                                  "
                + "QUEUE  R/S  W/S    RB/S    WB/S  IOPS  BYTES/S   AWAIT  UTIL  SHARE"
                + "  SCOREv  THROTTLE",
            "*dom0-7   vm176   xvda2  swap  sda      137.xvda2-0[27444]                      "
                + "   31  512  300  2.1 MB  1.2 MB   812   3.3 MB   38 ms   97%    91%"
                + "  340 ms  idle 4m 10s",
            " dom0-7   vm41    xvda   data  sda,sdb  blkback.41.xvda[9],blkback.41.xvda[10]  "
                + "    1    0  9.1     0 B   37 kB   9.1    37 kB  412 ms   40%     9%"
                + "   34 ms  -",
            " dom0-12  数据库  xvda1  root  -        -                                       "
                + "    -    -    -       -       -     -        -       -     -      -"
                + "       -  -");
  }

  @Test
  void hostListHasNoHostColumn() {
    assertThat(new TopTable(false, false).lines(ALL, Column.SCORE, 200).getFirst())
        .startsWith(" DOMAIN  DISK");
  }

  @Test
  void leastImportantColumnsAreLeftOutFirst() {
    assertThat(table.lines(ALL, Column.SCORE, 100).getFirst().strip().split(" +"))
        .containsExactly(
            "HOST",
            "DOMAIN",
            "DISK",
            "R/S",
            "W/S",
            "RB/S",
            "WB/S",
            "AWAIT",
            "UTIL",
            "SHARE",
            "SCOREv",
            "THROTTLE");
    assertThat(table.lines(ALL, Column.SCORE, 56).getFirst().strip().split(" +"))
        .containsExactly("HOST", "DOMAIN", "DISK", "R/S", "W/S", "AWAIT", "SHARE", "SCOREv");
    assertThat(table.lines(ALL, Column.QUEUE, 60).getFirst())
        .as("the sort column stays")
        .contains("QUEUEv");
  }

  @Test
  void linesFitTheScreen() {
    Property.check(
        100,
        given -> {
          String name = given.text();
          int width = given.between(1, 250);
          Column sort = given.oneOf(List.of(Column.values()));
          List<DiskLine> disks = List.of(Disks.named(name), Disks.SWAP, Disks.STALE);
          assertThat(table.lines(disks, sort, width))
              .allSatisfy(line -> assertThat(Cells.width(line)).isLessThanOrEqualTo(width))
              .noneMatch(line -> line.chars().anyMatch(c -> c < ' '));
        });
  }

  @Test
  void unknownDiffersFromZero() {
    assertThat(Column.Numbers.plain(Double.NaN)).isEqualTo("-");
    assertThat(Column.Numbers.plain(0)).isEqualTo("0");
    assertThat(Column.Numbers.plain(9.96)).isEqualTo("10");
    assertThat(Column.Numbers.millis(0.42)).isEqualTo("0.4 ms");
    assertThat(Column.Numbers.bytes(999)).isEqualTo("999 B");
    assertThat(Column.Numbers.bytes(999_600)).isEqualTo("1.0 MB");
    assertThat(Column.Numbers.bytes(Double.NaN)).isEqualTo("-");
    assertThat(Column.Numbers.percent(1)).isEqualTo("100%");
  }
}
