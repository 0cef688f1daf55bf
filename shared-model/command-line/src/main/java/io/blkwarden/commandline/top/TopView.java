package io.blkwarden.commandline.top;

/**
 * The state of the view; immutable, each key press returns a new one.
 *
 * @param sort sort order
 * @param offset number of disks scrolled past
 * @param filter text in a name of all shown disks; empty for all
 * @param typing whether the filter is being typed
 * @param frozen whether refreshes are paused
 * @param over whether it was quit
 */
record TopView(
    SortKey sort, int offset, String filter, boolean typing, boolean frozen, boolean over) {
  static final int FILTER_MAX = 64;

  private static final int CONTROL_C = 3;
  private static final int CONTROL_D = 4;
  private static final int BACKSPACE = 8;
  private static final int DELETE = 0x7F;

  /** The initial view. */
  static TopView of(SortKey sort, String filter) {
    return new TopView(sort, 0, filter, false, false, false);
  }

  /**
   * The view after a key press.
   *
   * @param disks number of disks
   * @param page number of disks on a page
   */
  TopView pressed(int key, int disks, int page) {
    if (key == CONTROL_C || key == CONTROL_D || key == Screen.END) {
      return new TopView(sort, offset, filter, typing, frozen, true);
    }
    return typing ? typed(key) : navigated(key, disks, page);
  }

  private TopView navigated(int key, int disks, int page) {
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

  /** The view with its offset limited to the number of disks. */
  TopView within(int disks, int page) {
    return scrolled(0, disks, page);
  }

  private TopView scrolled(int by, int disks, int page) {
    int last = Math.max(0, disks - page);
    return new TopView(sort, Math.clamp(offset + (long) by, 0, last), filter, typing, frozen, over);
  }
}
