package io.blkwarden.agent.kernel;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which Linux this is, as far as its behaviour depends on it.
 *
 * <p>Source: {@code /proc/sys/kernel/osrelease}, such as {@code 6.1.0-50-amd64} or {@code
 * 4.19.0+1}. Distributions port changes back, so a version is a hint and no proof.
 *
 * @param major 2 and up
 * @param minor 0 and up
 * @param text the whole release
 */
public record KernelRelease(int major, int minor, String text) {
  /** Where it is. */
  public static final String PATH = "proc/sys/kernel/osrelease";

  private static final Pattern FORM = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})(?:\\D.*)?");

  /** Reads the file. */
  public static ReadResult<KernelRelease> read(KernelFiles files) {
    return files.read(PATH).parse(PATH, KernelRelease::parse);
  }

  /** Parses the file's text. */
  public static ReadResult<KernelRelease> parse(String text) {
    String release = text.strip();
    Matcher matcher = FORM.matcher(release);
    if (!matcher.matches()) {
      return ReadResult.malformed("osrelease", "MAJOR.MINOR...", text);
    }
    return ReadResult.present(
        new KernelRelease(
            Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)), release));
  }

  /** Whether it is this version or a later one. */
  public boolean atLeast(int otherMajor, int otherMinor) {
    return major > otherMajor || (major == otherMajor && minor >= otherMinor);
  }
}
