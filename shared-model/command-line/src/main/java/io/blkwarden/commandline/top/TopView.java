package io.blkwarden.commandline.top;

/**
 * How the list is looked at; a value that each key makes a new one of.
 *
 * @param sort what it is sorted by
 * @param offset how many disks are scrolled past
 * @param filter what all disks that are shown bear in a name; empty for all
 * @param typing whether keys are letters of the filter
 * @param frozen whether it stays as it is
 * @param over whether it is left
 */
record TopView(
    SortKey sort, int offset, String filter, boolean typing, boolean frozen, boolean over) {
  static final int FILTER_MAX = 64;

  private static final int CONTROL_C = 3;
  private static final int CONTROL_D = 4;
  private static final int BACKSPACE = 8;
  private static final int DELETE = 0x7F;

  /** The list from its top. */
  static TopView of(SortKey sort, String filter) {
    return new TopView(sort, 0, filter, false, false, false);
  }

  /**
   * What a key makes of it.
   *
   * @param disks how many there are
   * @param page how many are shown at a time
   */
  TopView pressed(int key, int disks, int page) {
    if (key == CONTROL_C || key == CONTROL_D || key == Screen.END) {
      return new TopView(sort, offset, filter, typing, frozen, true);
    }
    return typing ? typed(key) : steered(key, disks, page);
  }

  private TopView steered(int key, int disks, int page) {
    return switch (key) {
      case 'q' -> new TopView(sort, offset, filter, false, frozen, true);
      case ' ' -> new TopView(sort, offset, filter, false, !frozen, false);
      case '/' -> filtered("", true);
      case Screen.ESCAPE -> filtered("", false);
      case 'j', Screen.DOWN -> scrolled(1, disks, page);
      case 'k', Screen.UP -> scrolled(-1, disks, page);
      case Screen.PAGE_DOWN -> scrolled(page, disks, page);
      case Screen.PAGE_UP -> scrolled(-page, disks, page);
      default ->
          SortKey.byKey(key)
              .map(found -> new TopView(found, 0, filter, false, frozen, false))
              .orElse(this);
    };
  }

  private TopView typed(int key) {
    return switch (key) {
      case '\r', '\n' -> filtered(filter, false);
      case Screen.ESCAPE -> filtered("", false);
      case BACKSPACE, DELETE ->
          filter.isEmpty()
              ? filtered("", false)
              : filtered(filter.substring(0, filter.length() - 1), true);
      default ->
          key >= ' ' && key <= Character.MAX_VALUE && filter.length() < FILTER_MAX
              ? filtered(filter + (char) key, true)
              : this;
    };
  }

  private TopView filtered(String text, boolean stillTyping) {
    return new TopView(sort, 0, text, stillTyping, frozen, false);
  }

  /** The same with an offset that there are disks for. */
  TopView within(int disks, int page) {
    return scrolled(0, disks, page);
  }

  private TopView scrolled(int by, int disks, int page) {
    int last = Math.max(0, disks - page);
    return new TopView(sort, Math.clamp(offset + (long) by, 0, last), filter, typing, frozen, over);
  }
}
