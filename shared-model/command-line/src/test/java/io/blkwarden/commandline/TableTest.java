package io.blkwarden.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TableTest {
  @Test
  void columnsAreAlignedInCells() {
    Table table = new Table("DOMAIN", "DISK", "STATE");
    table.row(List.of("数据库", "xvda", "resolved"));
    table.row(List.of("vm1", "xvdb2", ""));
    assertThat(table.lines())
        .containsExactly("DOMAIN  DISK   STATE", "数据库  xvda   resolved", "vm1     xvdb2");
  }

  @Test
  void truncatesAllButTheLastColumn() {
    Table table = new Table(6, List.of("A", "B"));
    table.row(List.of("数据库服务器", "the last column is not cut"));
    table.row(List.of("123456", "x"));
    assertThat(table.lines())
        .containsExactly("A       B", "数据…   the last column is not cut", "123456  x");
  }

  @Test
  void cellsAreEscaped() {
    Table table = new Table("A", "B");
    table.row(List.of("\u001B[2J\u202E", "a\nb"));
    assertThat(table.lines().getLast()).isEqualTo("\\u001B[2J\\u202E  a\\u000Ab");
  }
}
