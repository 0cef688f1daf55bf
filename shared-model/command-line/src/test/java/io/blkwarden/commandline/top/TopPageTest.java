package io.blkwarden.commandline.top;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.commandline.Cells;
import io.blkwarden.commandline.TextStyle;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TopPageTest {
  private final TopView byScore = new TopView(Column.SCORE, "", true);

  private final TopPage page = new TopPage(new TopTable(true, false), new TextStyle(false));

  private List<String> screen(TopRound round, TopView view, int columns, int rows) {
    return page.screen(round, round.sorted(view.sort, false, view.filter), view, columns, rows);
  }

  @Test
  void worstFirstUnknownLast() {
    TopRound round = Disks.round(Disks.STALE, Disks.DATA, Disks.SWAP);
    assertThat(round.sorted(Column.SCORE, false, ""))
        .containsExactly(Disks.SWAP, Disks.DATA, Disks.STALE);
    assertThat(round.sorted(Column.AWAIT, false, ""))
        .containsExactly(Disks.DATA, Disks.SWAP, Disks.STALE);
    assertThat(round.sorted(Column.HOST, false, ""))
        .containsExactly(Disks.STALE, Disks.SWAP, Disks.DATA);
  }

  @Test
  void filterMatchesAnyName() {
    TopRound round = Disks.round(Disks.STALE, Disks.DATA, Disks.SWAP);
    assertThat(round.sorted(Column.SCORE, false, "SDB")).containsExactly(Disks.DATA);
    assertThat(round.sorted(Column.SCORE, false, "27444")).containsExactly(Disks.SWAP);
    assertThat(round.sorted(Column.SCORE, false, "据")).containsExactly(Disks.STALE);
    assertThat(round.sorted(Column.SCORE, false, "vm99")).isEmpty();
  }

  @Test
  void fillsTheScreen() {
    for (int rows : new int[] {1, 2, 5, 24}) {
      assertThat(screen(Disks.round(Disks.SWAP, Disks.DATA), byScore, 60, rows))
          .hasSize(rows)
          .allSatisfy(line -> assertThat(Cells.width(line)).isLessThanOrEqualTo(60));
    }
    TopRound many =
        new TopRound(
            Instant.EPOCH, "many", Collections.nCopies(500, Disks.SWAP), List.of("one is stale"));
    byScore.pressed(Screen.PAGE_DOWN, many.disks(), 20);
    byScore.pressed(Screen.PAGE_DOWN, many.disks(), 20);
    List<String> shown = screen(many, byScore, 120, 24);
    assertThat(shown).hasSize(24);
    assertThat(shown.getFirst()).isEqualTo("1970-01-01T00:00:00Z  many  22 to 41 of 500, by score");
    assertThat(shown.get(1)).isEqualTo("one is stale");
    assertThat(shown.getLast()).contains("t throttle", "q quit");
  }

  @Test
  void coloursDoNotChangeTheText() {
    TopRound round = Disks.round(Disks.SWAP, Disks.DATA);
    List<String> colored =
        new TopPage(new TopTable(true, false), new TextStyle(true))
            .screen(round, round.sorted(Column.SCORE, false, ""), byScore, 60, 8);
    assertThat(colored.get(2)).startsWith("\u001B[7m>*").endsWith("\u001B[0m");
    assertThat(colored.stream().map(line -> line.replaceAll("\u001B\\[\\d+m", "").stripTrailing()))
        .containsExactlyElementsOf(
            screen(round, byScore, 60, 8).stream().map(String::stripTrailing).toList());
  }

  @Test
  void namesAreEscaped() {
    String evil = "\u001B[2J\u001B]0;x\u0007\r\n\u202Evm\uD800";
    TopRound round =
        new TopRound(Instant.EPOCH, evil, List.of(Disks.named(evil)), List.of(evil, evil));
    TopView view = new TopView(Column.SCORE, "", true);
    view.pressed('/', round.disks(), 10);
    view.pressed(0x202E, round.disks(), 10);
    TopView detail = new TopView(Column.SCORE, "", true);
    detail.pressed('\r', round.disks(), 10);
    detail.pressed('t', round.disks(), 10);
    for (List<String> lines :
        List.of(
            screen(round, byScore, 500, 10),
            screen(round, view, 500, 10),
            screen(round, detail, 500, 30),
            page.plain(round, round.disks(), Column.SCORE, 0))) {
      assertThat(String.join("", lines))
          .contains("\\u001B[2J")
          .matches("[^\\p{Cntrl}\\u202E\\uD800]*");
    }
  }

  @Test
  void pipeShowsTheWorstAndTheNumberOfOthers() {
    TopRound round = Disks.round(Disks.STALE, Disks.DATA, Disks.SWAP);
    List<DiskLine> sorted = round.sorted(Column.SHARE, false, "");
    assertThat(page.plain(round, sorted, Column.SHARE, 1))
        .hasSize(4)
        .contains(
            "2026-11-26T02:00:00Z  2 hosts, by share", "and 2 more disks: --rows 0 shows all");
    assertThat(page.plain(round, sorted, Column.SHARE, 0)).hasSize(5);
  }

  @Test
  void detailShowsAllColumnsTotalsAndTheQuestion() {
    TopRound round = Disks.round(Disks.SWAP, Disks.DATA);
    byScore.pressed('\n', round.disks(), 10);
    byScore.pressed('r', round.disks(), 10);
    List<String> shown = screen(round, byScore, 100, 30);
    assertThat(shown)
        .contains(
            "  HOST      dom0-7",
            "  R/S       512, 51240 since top started",
            "  RB/S      2.1 MB, 210 MB since top started",
            "  THROTTLE  idle 4m 10s");
    assertThat(shown.getLast()).isEqualTo("release the throttle of dom0-7/vm176/xvda2? y/n");
  }
}
