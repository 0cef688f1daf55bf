package io.blkwarden.agent.kernel;

import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Single values in {@code /proc}. */
public final class ProcFiles {
  /** Path of the uptime: seconds up and seconds idle, {@code 152.60 190.43}. */
  public static final String UPTIME = "proc/uptime";

  private static final Pattern UPTIME_FORM = Pattern.compile("(\\d{1,12})\\.(\\d\\d)(?:\\s.*)?");
  private static final Pattern UUID_FORM =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private ProcFiles() {}

  /**
   * The host's boot id, random at each boot; start times, pids, domids and counters are valid
   * within one boot.
   */
  public static ReadResult<UUID> bootId(KernelFiles files) {
    return files.parse("proc/sys/kernel/random/boot_id", ProcFiles::parseBootId);
  }

  static ReadResult<UUID> parseBootId(String text) {
    String id = text.strip();
    return UUID_FORM.matcher(id).matches()
        ? ReadResult.present(UUID.fromString(id))
        : ReadResult.malformed("boot_id", "a UUID", text);
  }

  /**
   * The host's uptime including suspend, in clock ticks of 10 ms, the unit of a task's start time
   * ({@code USER_HZ} is 100 on x86 and arm64).
   */
  public static ReadResult<Long> uptimeTicks(KernelFiles files) {
    return files.parse(UPTIME, ProcFiles::parseUptime);
  }

  static ReadResult<Long> parseUptime(String text) {
    Matcher matcher = UPTIME_FORM.matcher(text.strip());
    return matcher.matches()
        ? ReadResult.present(Long.valueOf(matcher.group(1) + matcher.group(2)))
        : ReadResult.malformed("uptime", "SECONDS.HUNDREDTHS ...", text);
  }

  /**
   * Bytes that a task has read from block devices since its start. Absent when the task does not
   * exist.
   *
   * <p>Source: {@code /proc/PID/io} (needs {@code CONFIG_TASK_IO_ACCOUNTING} and ptrace rights).
   * For a blkback thread {@code read_bytes} is exact and {@code write_bytes} is always 0: the
   * kernel charges writes when pages are dirtied, and blkback submits bios of foreign pages.
   */
  public static ReadResult<Long> readBytes(KernelFiles files, int pid) {
    return files.parse("proc/" + pid + "/io", ProcFiles::parseReadBytes);
  }

  static ReadResult<Long> parseReadBytes(String text) {
    return ColumnReader.numberIn(text, "read_bytes:", "read_bytes:");
  }
}
