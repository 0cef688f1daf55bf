package io.blkwarden.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TableTest {
  @Test
  void columnsAreAlignedInCells() {
    List<List<String>> disks =
        List.of(List.of("数据库", "xvda", "resolved"), List.of("vm1", "xvdb2", ""));
    assertThat(
            Table.of(disks)
                .column("DOMAIN", List::getFirst)
                .column("DISK", disk -> disk.get(1))
                .column("STATE", List::getLast)
                .lines())
        .containsExactly("DOMAIN  DISK   STATE", "数据库  xvda   resolved", "vm1     xvdb2  -");
  }

  @Test
  void truncatesAllButTheLastColumn() {
    List<List<String>> rows =
        List.of(List.of("数据库服务器", "the last column is not cut"), List.of("123456", "x"));
    assertThat(Table.of(rows, 6).column("A", List::getFirst).column("B", List::getLast).lines())
        .containsExactly("A       B", "数据…   the last column is not cut", "123456  x");
  }

  @Test
  void cellsAreEscaped() {
    assertThat(
            Table.of(List.of("a\nb"))
                .column("A", _ -> "\u001B[2J\u202E")
                .column("B", text -> text)
                .lines()
                .getLast())
        .isEqualTo("\\u001B[2J\\u202E  a\\u000Ab");
  }
}
