package io.blkwarden.commandline.top;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TopViewTest {
  private static final List<DiskLine> DISKS = Collections.nCopies(100, Disks.SWAP);
  private static final int PAGE = 10;

  private final TopView view = new TopView(Column.SCORE, "", true);

  private void press(int... keys) {
    for (int key : keys) {
      view.pressed(key, DISKS, PAGE);
    }
  }

  @Test
  void letterSortsAndScrollsToTheTop() {
    press(Screen.DOWN, 'j', 'k', Screen.PAGE_DOWN);
    assertThat(view.selected).isEqualTo(11);
    assertThat(view.offset).isEqualTo(2);
    press('b');
    assertThat(view.sort).isEqualTo(Column.BYTES);
    assertThat(view.selected).isZero();
    assertThat(view.offset).isZero();
    press('>', '>', '<');
    assertThat(view.sort).isEqualTo(Column.AWAIT);
    press('z', Screen.NOTHING, 0x2603, 0);
    assertThat(view.sort).isEqualTo(Column.AWAIT);
  }

  @Test
  void scrollingIsLimited() {
    press(Screen.UP, Screen.PAGE_UP);
    assertThat(view.selected).isZero();
    for (int i = 0; i < 30; i++) {
      press(Screen.PAGE_DOWN);
    }
    assertThat(view.selected).isEqualTo(99);
    assertThat(view.offset).isEqualTo(DISKS.size() - PAGE);
    view.within(DISKS.subList(0, 12), PAGE);
    assertThat(view.offset).as("fewer disks").isEqualTo(2);
  }

  @Test
  void slashStartsTheFilter() {
    press('/', 'v', 'm', 'q', 0x7F);
    assertThat(view.mode).isEqualTo(TopView.Mode.SEARCH);
    assertThat(view.filter).isEqualTo("vm");
    press('\r');
    assertThat(view.mode).isEqualTo(TopView.Mode.LIST);
    press('i');
    assertThat(view.filter).as("kept when sorting").isEqualTo("vm");
    press(Screen.ESCAPE);
    assertThat(view.filter).isEmpty();
    press('/', 'v', 8, 8);
    assertThat(view.mode).as("empty filter").isEqualTo(TopView.Mode.LIST);
  }

  @Test
  void filterLengthIsLimited() {
    press('/');
    for (int i = 0; i < 200; i++) {
      press('x', Screen.UP, 7);
    }
    assertThat(view.filter).isEqualTo("x".repeat(TopView.FILTER_MAX));
  }

  @Test
  void enterShowsADiskAndActionsAskFirst() {
    press('\r', 't');
    assertThat(view.mode).isEqualTo(TopView.Mode.THROTTLE);
    assertThat(view.detail()).isTrue();
    assertThat(view.disk).isEqualTo(Disks.SWAP);
    press('n');
    assertThat(view.mode).isEqualTo(TopView.Mode.DETAIL);
    press(Screen.ESCAPE, 'r');
    assertThat(view.mode).isEqualTo(TopView.Mode.RELEASE);
    press('y');
    assertThat(view.mode).isEqualTo(TopView.Mode.LIST);
    TopView viewer = new TopView(Column.SCORE, "", false);
    viewer.pressed('t', DISKS, PAGE);
    assertThat(viewer.mode).isEqualTo(TopView.Mode.LIST);
    view.pressed('\r', List.of(), PAGE);
    assertThat(view.mode).as("no disk").isEqualTo(TopView.Mode.LIST);
  }

  @Test
  void severalKeysQuit() {
    for (int key : new int[] {'q', 3, 4, Screen.END}) {
      TopView each = new TopView(Column.SCORE, "", false);
      each.pressed(key, DISKS, PAGE);
      assertThat(each.mode).isEqualTo(TopView.Mode.QUIT);
    }
    press(' ');
    assertThat(view.paused).isTrue();
    press(' ', '/', 'q');
    assertThat(view.paused).isFalse();
    assertThat(view.filter).as("typed into the filter").isEqualTo("q");
    press(3);
    assertThat(view.mode).isEqualTo(TopView.Mode.QUIT);
  }
}
