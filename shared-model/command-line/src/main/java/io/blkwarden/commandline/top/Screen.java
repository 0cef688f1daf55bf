package io.blkwarden.commandline.top;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jline.terminal.Attributes;
import org.jline.terminal.Attributes.ControlChar;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.InfoCmp;
import org.jline.utils.NonBlockingReader;
import org.jline.utils.ShutdownHooks;

/**
 * The whole terminal: lines are shown, keys are read, and all is as it was once it is closed.
 *
 * <p>Closed also when the process is ended by a signal. Control-C ends it, so that it does even
 * while something is waited for; Control-Z and Control-\ do nothing, for a stopped process would
 * leave the terminal as it is, and the JVM's answer to the other would fill the screen.
 *
 * <p>Its few control sequences are those that all terminals since the VT220 know. What a terminal's
 * description would tell is not asked for: JLine starts a program for that.
 */
final class Screen implements AutoCloseable {
  /** No key came in time. */
  static final int NOTHING = -2;

  /** The terminal is gone. */
  static final int END = -1;

  /** The escape key alone. */
  static final int ESCAPE = 0x1B;

  /** The arrow up. */
  static final int UP = 0x11_0000;

  /** The arrow down. */
  static final int DOWN = 0x11_0001;

  /** The page before. */
  static final int PAGE_UP = 0x11_0002;

  /** The page after. */
  static final int PAGE_DOWN = 0x11_0003;

  /** Whose description is at hand; it is not used. */
  private static final String TYPE = "ansi";

  /** Another screen than the shell's, without a cursor, and lines are not wrapped. */
  private static final String ENTER = "\u001B[?1049h\u001B[?25l\u001B[?7l\u001B[2J";

  private static final String LEAVE = "\u001B[0m\u001B[?7h\u001B[?25h\u001B[?1049l";
  private static final String CLEAR_LINE = "\u001B[K";

  private static final int SEQUENCE_MILLIS = 25;
  private static final int LONGEST_SEQUENCE = 8;

  /** What a terminal has that does not say, such as a serial console. */
  private static final int USUAL_COLUMNS = 80;

  private static final int USUAL_ROWS = 24;

  private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);
  private final Terminal terminal;
  private final Attributes before;
  private final Thread hook = new Thread(this::giveBack, "blkwarden-screen");
  private boolean closed;

  private Screen() throws IOException {
    // JLine's own hook would close the terminal under the loop that reads from it
    System.setProperty(ShutdownHooks.PROP_DISABLE_SHUTDOWN_HOOK, "true");
    InfoCmp.setLoadedInfoCmp(TYPE, InfoCmp.getDefaultInfoCmp(TYPE));
    try {
      terminal =
          TerminalBuilder.builder()
              .system(true)
              .provider(TerminalBuilder.PROP_PROVIDER_FFM)
              .dumb(false)
              .type(TYPE)
              .encoding(StandardCharsets.UTF_8)
              .nativeSignals(false)
              .graphemeCluster(false) // its probes would eat keys
              .build();
    } catch (IllegalStateException e) {
      throw new IOException(
          "the terminal cannot be used (%s): give --plain".formatted(e.getMessage()), e);
    }
    before = terminal.enterRawMode();
    Attributes keys = terminal.getAttributes();
    keys.setLocalFlag(Attributes.LocalFlag.ISIG, true);
    keys.setControlChar(ControlChar.VSUSP, 0);
    keys.setControlChar(ControlChar.VQUIT, 0);
    terminal.setAttributes(keys);
    Runtime.getRuntime().addShutdownHook(hook);
    print(ENTER);
  }

  /**
   * Takes the terminal of this process.
   *
   * @throws IOException if there is none that can be used so
   */
  static Screen open() throws IOException {
    return new Screen();
  }

  /** How many columns there are just now. */
  int columns() {
    int columns = terminal.getSize().getColumns();
    return columns > 0 ? columns : USUAL_COLUMNS;
  }

  /** How many rows there are just now. */
  int rows() {
    int rows = terminal.getSize().getRows();
    return rows > 0 ? rows : USUAL_ROWS;
  }

  /** Shows these lines, one for each row. */
  synchronized void show(List<String> lines) throws IOException {
    if (!closed) {
      StringBuilder all = new StringBuilder();
      for (int row = 0; row < lines.size(); row++) {
        // cleared before, for a line that fills its row leaves the cursor on the last character
        all.append("\u001B[%d;1H".formatted(row + 1)).append(CLEAR_LINE).append(lines.get(row));
      }
      print(all.toString());
    }
  }

  private void print(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The next key: a character, or one of the constants here.
   *
   * @param millis how long to wait for one
   */
  int key(long millis) throws IOException {
    NonBlockingReader reader = terminal.reader();
    int key = reader.read(millis);
    return key == ESCAPE ? sequence(reader) : key;
  }

  /** What an escape begins: {@code ESC [ A} and the like; unknown ones are nothing. */
  private static int sequence(NonBlockingReader reader) throws IOException {
    StringBuilder rest = new StringBuilder();
    int next = reader.read(SEQUENCE_MILLIS);
    while (next >= 0 && rest.length() < LONGEST_SEQUENCE) {
      rest.append((char) next);
      boolean first = rest.length() == 1;
      if (!first && next >= '@' && next <= '~') {
        break;
      }
      next = reader.read(SEQUENCE_MILLIS);
    }
    return switch (rest.toString()) {
      case "" -> ESCAPE;
      case "[A", "OA" -> UP;
      case "[B", "OB" -> DOWN;
      case "[5~" -> PAGE_UP;
      case "[6~" -> PAGE_DOWN;
      default -> NOTHING;
    };
  }

  private synchronized void giveBack() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      print(LEAVE);
    } catch (IOException e) {
      return; // it is gone
    }
    terminal.setAttributes(before);
  }

  @Override
  public void close() throws IOException {
    giveBack();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return; // the process ends already
    }
    terminal.close();
  }
}
