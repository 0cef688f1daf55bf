package io.blkwarden.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.Printable;
import io.blkwarden.testing.Property;
import org.junit.jupiter.api.Test;

final class CellsTest {
  @Test
  void countsCellsOfWideAndCombiningCharacters() {
    assertThat(Cells.width("vm1")).isEqualTo(3);
    assertThat(Cells.width("数据库")).isEqualTo(6);
    assertThat(Cells.width("e\u0301")).isEqualTo(1);
    assertThat(Cells.width("\uD83D\uDCBE")).as("a floppy disk").isEqualTo(2);
  }

  @Test
  void truncatedTextEndsInAnEllipsis() {
    assertThat(Cells.cut("database", 8)).isEqualTo("database");
    assertThat(Cells.cut("database", 5)).isEqualTo("data…");
    assertThat(Cells.cut("数据库", 4)).as("no half characters").isEqualTo("数…");
    assertThat(Cells.cut("database", 1)).isEqualTo("…");
    assertThat(Cells.cut("database", 0)).isEmpty();
  }

  @Test
  void truncatedTextFits() {
    Property.check(
        200,
        given -> {
          String text = given.text();
          int cells = given.between(0, 40);
          String printable = Printable.of(text);
          assertThat(Cells.width(Cells.cut(printable, cells))).isLessThanOrEqualTo(cells);
          assertThat(Cells.width(Cells.left(printable, cells)))
              .isEqualTo(Math.max(cells, Cells.width(printable)));
          assertThat(Cells.width(Cells.right(printable, cells)))
              .isEqualTo(Math.max(cells, Cells.width(printable)));
        });
  }
}
