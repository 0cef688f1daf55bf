package io.blkwarden.agent.kernel;

/**
 * Bytes that a task has read from block devices since its start.
 *
 * <p>Source: {@code /proc/PID/io} (needs {@code CONFIG_TASK_IO_ACCOUNTING} and ptrace rights). For
 * a blkback thread {@code read_bytes} is exact and {@code write_bytes} is always 0: the kernel
 * charges writes when pages are dirtied, and blkback submits bios of foreign pages.
 *
 * @param readBytes bytes read
 */
public record TaskIo(long readBytes) {
  /** Reads {@code proc/PID/io}. Absent when the task does not exist. */
  public static ReadResult<TaskIo> read(KernelFiles files, int pid) {
    return files.parse("proc/" + pid + "/io", TaskIo::parse);
  }

  /** Parses lines such as {@code read_bytes: 901853184}; others are ignored. */
  public static ReadResult<TaskIo> parse(String text) {
    return ColumnReader.numberIn(text, "read_bytes:", "read_bytes:").map(TaskIo::new);
  }
}
