package io.blkwarden.commandline.top;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TopViewTest {
  private static final int DISKS = 100;
  private static final int PAGE = 10;

  private final TopView begin = TopView.of(SortKey.PAIN, "");

  private static TopView press(TopView view, int... keys) {
    TopView now = view;
    for (int key : keys) {
      now = now.pressed(key, DISKS, PAGE);
    }
    return now;
  }

  @Test
  void letterSortsAndScrollsToTheTop() {
    TopView scrolled = press(begin, Screen.DOWN, 'j', 'k', Screen.PAGE_DOWN);
    assertThat(scrolled.offset()).isEqualTo(11);
    assertThat(press(scrolled, 'b')).isEqualTo(TopView.of(SortKey.BYTES, ""));
    for (SortKey sort : SortKey.values()) {
      assertThat(press(begin, sort.word().charAt(0)).sort()).isEqualTo(sort);
    }
    assertThat(press(begin, 'z', Screen.NOTHING, 0x2603)).isEqualTo(begin);
  }

  @Test
  void scrollingIsLimited() {
    assertThat(press(begin, Screen.UP, Screen.PAGE_UP).offset()).isZero();
    TopView end = begin;
    for (int i = 0; i < 30; i++) {
      end = press(end, Screen.PAGE_DOWN);
    }
    assertThat(end.offset()).isEqualTo(DISKS - PAGE);
    assertThat(end.within(12, PAGE).offset()).as("fewer disks").isEqualTo(2);
  }

  @Test
  void slashStartsTheFilter() {
    TopView typing = press(begin, '/', 'v', 'm', 'q', 0x7F);
    assertThat(typing.typing()).isTrue();
    assertThat(typing.filter()).isEqualTo("vm");
    TopView found = press(typing, '\r');
    assertThat(found.typing()).isFalse();
    assertThat(press(found, 'i').filter()).as("kept when sorting").isEqualTo("vm");
    assertThat(press(found, Screen.ESCAPE)).isEqualTo(begin);
    assertThat(press(begin, '/', 'v', 8, 8)).as("empty filter").isEqualTo(begin);
  }

  @Test
  void filterLengthIsLimited() {
    TopView typing = press(begin, '/');
    for (int i = 0; i < 200; i++) {
      typing = press(typing, 'x', Screen.UP, 7);
    }
    assertThat(typing.filter()).isEqualTo("x".repeat(TopView.FILTER_MAX));
  }

  @Test
  void severalKeysQuit() {
    for (int key : new int[] {'q', 3, 4, Screen.END}) {
      assertThat(press(begin, key).over()).isTrue();
    }
    assertThat(press(begin, '/', 'q').over()).as("typed into the filter").isFalse();
    assertThat(press(begin, '/', 3).over()).isTrue();
    assertThat(press(begin, ' ').frozen()).isTrue();
    assertThat(press(begin, ' ', ' ').frozen()).isFalse();
  }
}
