package io.blkwarden.commandline.top;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.commandline.Cells;
import io.blkwarden.commandline.Ink;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TopPageTest {
  private static final TopView BY_PAIN = TopView.of(SortKey.PAIN, "");

  private final TopPage page = new TopPage(true, new Ink(false));

  private List<String> screen(TopRound round, TopView view, int columns, int rows) {
    return page.screen(round, round.sorted(view.sort(), view.filter()), view, columns, rows);
  }

  @Test
  void worstFirstUnknownLast() {
    TopRound round = Disks.round(Disks.SILENT, Disks.DATA, Disks.SWAP);
    assertThat(round.sorted(SortKey.PAIN, ""))
        .containsExactly(Disks.SWAP, Disks.DATA, Disks.SILENT);
    assertThat(round.sorted(SortKey.AWAIT, ""))
        .containsExactly(Disks.DATA, Disks.SWAP, Disks.SILENT);
    assertThat(round.sorted(SortKey.NAME, ""))
        .containsExactly(Disks.SILENT, Disks.SWAP, Disks.DATA);
  }

  @Test
  void filterMatchesAnyName() {
    TopRound round = Disks.round(Disks.SILENT, Disks.DATA, Disks.SWAP);
    assertThat(round.sorted(SortKey.PAIN, "SDB")).containsExactly(Disks.DATA);
    assertThat(round.sorted(SortKey.PAIN, "27444")).containsExactly(Disks.SWAP);
    assertThat(round.sorted(SortKey.PAIN, "据")).containsExactly(Disks.SILENT);
    assertThat(round.sorted(SortKey.PAIN, "vm99")).isEmpty();
  }

  @Test
  void fillsTheScreen() {
    for (int rows : new int[] {1, 2, 5, 24}) {
      assertThat(screen(Disks.round(Disks.SWAP, Disks.DATA), BY_PAIN, 60, rows))
          .hasSize(rows)
          .allSatisfy(line -> assertThat(Cells.width(line)).isLessThanOrEqualTo(60));
    }
    TopRound many =
        new TopRound(
            Instant.EPOCH, "many", Collections.nCopies(500, Disks.SWAP), List.of("one is silent"));
    List<String> shown = screen(many, BY_PAIN.pressed(Screen.PAGE_DOWN, 500, 20), 120, 24);
    assertThat(shown).hasSize(24);
    assertThat(shown.getFirst()).isEqualTo("1970-01-01T00:00:00Z  many  21 to 40 of 500, by pain");
    assertThat(shown.get(1)).isEqualTo("one is silent");
    assertThat(shown.getLast()).startsWith("p pain  s share");
  }

  @Test
  void coloursDoNotChangeTheText() {
    TopRound round = Disks.round(Disks.SWAP, Disks.DATA);
    List<String> colored =
        new TopPage(true, new Ink(true))
            .screen(round, round.sorted(SortKey.PAIN, ""), BY_PAIN, 60, 8);
    assertThat(colored.get(2)).startsWith("\u001B[33m*").endsWith("\u001B[0m");
    assertThat(colored.stream().map(line -> line.replaceAll("\u001B\\[\\d+m", "").stripTrailing()))
        .containsExactlyElementsOf(
            screen(round, BY_PAIN, 60, 8).stream().map(String::stripTrailing).toList());
  }

  @Test
  void namesAreEscaped() {
    String evil = "\u001B[2J\u001B]0;x\u0007\r\n\u202Evm\uD800";
    TopRound round =
        new TopRound(Instant.EPOCH, evil, List.of(Disks.named(evil)), List.of(evil, evil));
    TopView view = TopView.of(SortKey.PAIN, "").pressed('/', 1, 10).pressed(0x202E, 1, 10);
    for (List<String> lines :
        List.of(
            screen(round, BY_PAIN, 500, 10),
            screen(round, view, 500, 10),
            page.plain(round, round.disks(), SortKey.PAIN, 0))) {
      assertThat(String.join("", lines))
          .contains("\\u001B[2J")
          .matches("[^\\p{Cntrl}\\u202E\\uD800]*");
    }
  }

  @Test
  void pipeShowsTheWorstAndTheNumberOfOthers() {
    TopRound round = Disks.round(Disks.SILENT, Disks.DATA, Disks.SWAP);
    List<DiskLine> sorted = round.sorted(SortKey.SHARE, "");
    assertThat(page.plain(round, sorted, SortKey.SHARE, 1))
        .hasSize(4)
        .contains(
            "2026-11-26T02:00:00Z  2 hosts, by share", "and 2 more disks: --rows 0 shows all");
    assertThat(page.plain(round, sorted, SortKey.SHARE, 0)).hasSize(5);
  }
}
