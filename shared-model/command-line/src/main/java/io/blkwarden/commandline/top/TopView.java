package io.blkwarden.commandline.top;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The state of the screen, changed by keys. */
final class TopView {
  static final int FILTER_MAX = 64;

  private static final int CONTROL_C = 3;
  private static final int CONTROL_D = 4;
  private static final int BACKSPACE = 8;
  private static final int DELETE = 0x7F;

  /** What the screen shows or asks. */
  enum Mode {
    LIST,
    /** The filter is being typed. */
    SEARCH,
    /** One disk. */
    DETAIL,
    /** Whether to throttle the disk. */
    THROTTLE,
    /** Whether to release the disk. */
    RELEASE,
    QUIT
  }

  /** Whether disks can be throttled and released. */
  final boolean operator;

  Column sort;

  /** Text in a name of all shown disks; empty for all. */
  String filter;

  Mode mode = Mode.LIST;

  /** Position of the selected disk. */
  int selected;

  /** Number of disks scrolled past. */
  int offset;

  boolean paused;

  /** The disk of the detail or the question. */
  @Nullable DiskLine disk;

  /** Result of the last action; empty if there is none. */
  String status = "";

  private Mode before = Mode.LIST;

  /** The initial view. */
  TopView(Column sort, String filter, boolean operator) {
    this.sort = sort;
    this.filter = filter;
    this.operator = operator;
  }

  /** Whether one disk is shown. */
  boolean detail() {
    return (mode == Mode.THROTTLE || mode == Mode.RELEASE ? before : mode) == Mode.DETAIL;
  }

  /**
   * Processes a key press.
   *
   * @param disks the listed disks
   * @param page number of disks on a page
   */
  void pressed(int key, List<DiskLine> disks, int page) {
    status = "";
    if (key == CONTROL_C || key == CONTROL_D || key == Screen.END) {
      mode = Mode.QUIT;
      return;
    }
    switch (mode) {
      case LIST -> navigated(key, disks, page);
      case SEARCH -> typed(key);
      case DETAIL -> detail(key);
      case THROTTLE, RELEASE -> mode = before;
      case QUIT -> {}
    }
    within(disks, page);
  }

  private void navigated(int key, List<DiskLine> disks, int page) {
    switch (key) {
      case 'q' -> mode = Mode.QUIT;
      case ' ' -> paused = !paused;
      case '/' -> search("", Mode.SEARCH);
      case Screen.ESCAPE -> search("", Mode.LIST);
      case 'j', Screen.DOWN -> selected++;
      case 'k', Screen.UP -> selected--;
      case Screen.PAGE_DOWN -> selected += page;
      case Screen.PAGE_UP -> selected -= page;
      case '<', '>' -> sortBy(sort.next(key == '>' ? 1 : -1));
      case '\r', '\n', 't', 'r' -> {
        if (!disks.isEmpty()) {
          disk = disks.get(Math.clamp(selected, 0, disks.size() - 1));
          if (key == 't' || key == 'r') {
            ask(key);
          } else {
            mode = Mode.DETAIL;
          }
        }
      }
      default -> Column.byKey(key).ifPresent(this::sortBy);
    }
  }

  private void detail(int key) {
    switch (key) {
      case 'q', '\r', '\n', Screen.ESCAPE -> mode = Mode.LIST;
      case ' ' -> paused = !paused;
      case 't', 'r' -> ask(key);
      default -> {} // no other keys
    }
  }

  private void ask(int key) {
    if (operator) {
      before = mode;
      mode = key == 't' ? Mode.THROTTLE : Mode.RELEASE;
    }
  }

  private void typed(int key) {
    switch (key) {
      case '\r', '\n' -> mode = Mode.LIST;
      case Screen.ESCAPE -> search("", Mode.LIST);
      case BACKSPACE, DELETE -> {
        if (filter.isEmpty()) {
          mode = Mode.LIST;
        } else {
          search(filter.substring(0, filter.length() - 1), Mode.SEARCH);
        }
      }
      default -> {
        if (key >= ' ' && key <= Character.MAX_VALUE && filter.length() < FILTER_MAX) {
          search(filter + (char) key, Mode.SEARCH);
        }
      }
    }
  }

  private void sortBy(Column column) {
    sort = column;
    selected = 0;
  }

  private void search(String text, Mode next) {
    filter = text;
    mode = next;
    selected = 0;
  }

  /** Limits the selection to the listed disks, scrolls to it, and updates the chosen disk. */
  void within(List<DiskLine> disks, int page) {
    selected = Math.clamp(selected, 0, Math.max(0, disks.size() - 1));
    offset = Math.clamp(offset, Math.max(0, selected - page + 1), selected);
    offset = Math.min(offset, Math.max(0, disks.size() - page));
    DiskLine old = disk;
    if (old != null) {
      disk = disks.stream().filter(old::same).findFirst().orElse(old);
    }
  }
}
