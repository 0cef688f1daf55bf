package io.blkwarden.commandline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The terminal of this process.
 *
 * @param in whether standard input is a terminal
 * @param out whether standard output is a terminal
 * @param dumb whether {@code TERM} is unset or {@code dumb}
 * @param plain whether colours are disabled: {@code NO_COLOR} is set, see https://no-color.org
 */
public record Tty(boolean in, boolean out, boolean dumb, boolean plain) {
  /** No terminal. */
  public static final Tty NONE = new Tty(false, false, true, true);

  private static final Pattern TERMINAL =
      Pattern.compile("/dev/(pts/\\d+|tty\\w*|hvc\\d+|xvc\\d+|console)");

  /**
   * The terminal of this process, from {@code /proc/self/fd}: the JDK tells only whether input and
   * output both are terminals.
   */
  public static Tty ofProcess(Map<String, String> environment) {
    String term = environment.getOrDefault("TERM", "");
    return new Tty(
        isTerminal(0),
        isTerminal(1),
        term.isEmpty() || term.equals("dumb"),
        !environment.getOrDefault("NO_COLOR", "").isEmpty());
  }

  /** Colours, if the terminal supports them and they are not disabled. */
  public TextStyle style() {
    return new TextStyle(out && !dumb && !plain);
  }

  /** Whether full-screen output works: keys can be read, and the cursor can be moved. */
  public boolean fullScreen() {
    return in && out && !dumb;
  }

  private static boolean isTerminal(int descriptor) {
    try {
      Path target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor));
      return TERMINAL.matcher(target.toString()).matches();
    } catch (IOException | UnsupportedOperationException e) {
      return false; // no /proc, or the stream is closed
    }
  }
}
