package io.blkwarden.commandline.top;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jline.terminal.Attributes;
import org.jline.terminal.Attributes.ControlChar;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.InfoCmp;
import org.jline.utils.NonBlockingReader;
import org.jline.utils.ShutdownHooks;

/**
 * Full-screen output and key input on the terminal, which is restored on close.
 *
 * <p>It is also closed when a signal ends the process. Control-C is a signal, so it works while the
 * program is busy. Control-Z and Control-\ are disabled: a stopped process would not restore the
 * terminal, and a thread dump would fill the screen.
 *
 * <p>It uses only control sequences of the VT220, without terminfo, for which JLine starts a
 * program.
 */
final class Screen implements AutoCloseable {
  /** No key within the timeout. */
  static final int NOTHING = -2;

  /** The terminal was closed. */
  static final int END = -1;

  /** The escape key. */
  static final int ESCAPE = 0x1B;

  /** Arrow up. */
  static final int UP = 0x11_0000;

  /** Arrow down. */
  static final int DOWN = 0x11_0001;

  /** Page up. */
  static final int PAGE_UP = 0x11_0002;

  /** Page down. */
  static final int PAGE_DOWN = 0x11_0003;

  /** A type that JLine has built in; it is not used. */
  private static final String TYPE = "ansi";

  /** Switches to the alternate screen, without cursor and line wrap. */
  private static final String ENTER = "\u001B[?1049h\u001B[?25l\u001B[?7l\u001B[2J";

  private static final String LEAVE = "\u001B[0m\u001B[?7h\u001B[?25h\u001B[?1049l";
  private static final String CLEAR_LINE = "\u001B[K";

  private static final int SEQUENCE_MILLIS = 25;
  private static final int LONGEST_SEQUENCE = 8;

  /** Size of a terminal that does not report it, such as a serial console. */
  private static final Size DEFAULT_SIZE = Size.of(80, 24);

  private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);
  private final Terminal terminal;
  private final Attributes before;
  private final Thread hook = new Thread(this::restore, "blkwarden-screen");
  private boolean closed;

  /**
   * Opens the terminal of this process.
   *
   * @throws IOException if it cannot be used
   */
  Screen() throws IOException {
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
          "the terminal cannot be used (%s): use --plain".formatted(e.getMessage()), e);
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

  /** The current size. */
  Size size() {
    Size size = terminal.getSize();
    return size.getColumns() > 0 && size.getRows() > 0 ? size : DEFAULT_SIZE;
  }

  /** Shows one line per row. */
  synchronized void show(List<String> lines) throws IOException {
    if (!closed) {
      StringBuilder all = new StringBuilder();
      for (int row = 0; row < lines.size(); row++) {
        // cleared first, because a full line leaves the cursor on the last character
        all.append("\u001B[%d;1H".formatted(row + 1)).append(CLEAR_LINE).append(lines.get(row));
      }
      print(all.toString());
    }
  }

  private void print(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The next key: a character, or a constant of this class.
   *
   * @param millis timeout
   */
  int key(long millis) throws IOException {
    NonBlockingReader reader = terminal.reader();
    int key = reader.read(millis);
    return key == ESCAPE ? sequence(reader) : key;
  }

  /** The key of an escape sequence such as {@code ESC [ A}; {@link #NOTHING} if unknown. */
  private static int sequence(NonBlockingReader reader) throws IOException {
    StringBuilder rest = new StringBuilder();
    for (int next = reader.read(SEQUENCE_MILLIS);
        next >= 0 && rest.length() < LONGEST_SEQUENCE;
        next = reader.read(SEQUENCE_MILLIS)) {
      rest.append((char) next);
      if (rest.length() > 1 && next >= '@' && next <= '~') {
        break;
      }
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

  private synchronized void restore() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      print(LEAVE);
    } catch (IOException e) {
      return; // closed
    }
    terminal.setAttributes(before);
  }

  @Override
  public void close() throws IOException {
    restore();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return; // shutting down
    }
    terminal.close();
  }
}
