package io.blkwarden.agent.kernel;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The Linux release.
 *
 * <p>Source: {@code /proc/sys/kernel/osrelease}, such as {@code 6.1.0-50-amd64} or {@code
 * 4.19.0+1}. Distributions backport changes, so a version is a hint, not proof.
 *
 * @param major 2 and up
 * @param minor 0 and up
 * @param text full release string
 */
public record KernelRelease(int major, int minor, String text) {
  /** Path of the file. */
  public static final String PATH = "proc/sys/kernel/osrelease";

  private static final Pattern FORM = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})(?:\\D.*)?");

  /** Reads the file. */
  public static ReadResult<KernelRelease> read(KernelFiles files) {
    return files.parse(PATH, KernelRelease::parse);
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

  /** Whether the release is this version or later. */
  public boolean atLeast(int otherMajor, int otherMinor) {
    return major > otherMajor || (major == otherMajor && minor >= otherMinor);
  }
}
