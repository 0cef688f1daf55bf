package io.blkwarden.commandline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Which of the standard streams are terminals, and what these can show.
 *
 * @param in whether standard input is one
 * @param out whether standard output is one
 * @param dumb whether its cursor cannot be moved: {@code TERM} says so, or nothing
 * @param plain whether people want no colours: {@code NO_COLOR} is set, see https://no-color.org
 */
public record Tty(boolean in, boolean out, boolean dumb, boolean plain) {
  /** No terminal at all, as in a pipe. */
  public static final Tty NONE = new Tty(false, false, true, true);

  private static final Pattern TERMINAL =
      Pattern.compile("/dev/(pts/\\d+|tty\\w*|hvc\\d+|xvc\\d+|console)");

  /**
   * What this process has.
   *
   * <p>Looks at {@code /proc/self/fd}: the JDK's console tells only whether input and output both
   * are terminals.
   */
  public static Tty ofProcess(Map<String, String> environment) {
    String term = environment.getOrDefault("TERM", "");
    return new Tty(
        isTerminal(0),
        isTerminal(1),
        term.isEmpty() || term.equals("dumb"),
        !environment.getOrDefault("NO_COLOR", "").isEmpty());
  }

  /**
   * What may be printed with: colours are for terminals that know them and people who want them.
   */
  public Ink ink() {
    return new Ink(out && !dumb && !plain);
  }

  /** Whether the whole screen can be taken: keys can be read, and the cursor can be moved. */
  public boolean fullScreen() {
    return in && out && !dumb;
  }

  private static boolean isTerminal(int descriptor) {
    try {
      Path target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor));
      return TERMINAL.matcher(target.toString()).matches();
    } catch (IOException | UnsupportedOperationException e) {
      return false; // no /proc, or the stream is closed: nobody looks
    }
  }
}
