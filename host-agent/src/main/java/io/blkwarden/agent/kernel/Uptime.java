package io.blkwarden.agent.kernel;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The host's uptime.
 *
 * <p>Source: {@code /proc/uptime}: seconds up and seconds idle, {@code 152.60 190.43}.
 *
 * @param millis time since boot including suspend, with a resolution of 10 ms
 */
public record Uptime(long millis) {
  /** Path of the file. */
  public static final String PATH = "proc/uptime";

  /** Length of a clock tick in {@code /proc} ({@code USER_HZ} is 100 on x86 and arm64). */
  public static final int TICK_MILLIS = 10;

  private static final Pattern FORM = Pattern.compile("(\\d{1,12})\\.(\\d\\d)(?:\\s.*)?");

  /** Reads the file. */
  public static ReadResult<Uptime> read(KernelFiles files) {
    return files.parse(PATH, Uptime::parse);
  }

  /** Parses the file's text. */
  public static ReadResult<Uptime> parse(String text) {
    Matcher matcher = FORM.matcher(text.strip());
    if (!matcher.matches()) {
      return ReadResult.malformed("uptime", "SECONDS.HUNDREDTHS ...", text);
    }
    long seconds = Long.parseLong(matcher.group(1));
    return ReadResult.present(
        new Uptime(seconds * 1000 + Long.parseLong(matcher.group(2)) * TICK_MILLIS));
  }

  /** Uptime in clock ticks, the unit of a task's start time. */
  public long ticks() {
    return millis / TICK_MILLIS;
  }
}
