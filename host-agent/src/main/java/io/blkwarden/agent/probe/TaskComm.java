package io.blkwarden.agent.probe;

/**
 * A task's name alone, the cheapest check that it is still the one that was meant.
 *
 * <p>Source: {@code /proc/PID/comm}, the name and a newline.
 *
 * @param name as the kernel tells it, possibly cut after 15 characters
 */
public record TaskComm(String name) {
  private static final int MAX_LENGTH = 64;

  /** Reads {@code proc/PID/comm}. Absent when there is no such task (any more). */
  public static Reading<TaskComm> read(KernelFiles files, int pid) {
    String path = "proc/" + pid + "/comm";
    return files.read(path).parse(path, TaskComm::parse);
  }

  /** Parses the file's text. */
  public static Reading<TaskComm> parse(String text) {
    String name = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    return name.isEmpty() || name.length() > MAX_LENGTH
        ? Reading.malformed("comm", "1 to 64 characters", text)
        : Reading.present(new TaskComm(name));
  }
}
