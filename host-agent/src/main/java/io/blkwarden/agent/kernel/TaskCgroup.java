package io.blkwarden.agent.kernel;

/**
 * The cgroup (version 2) that a task is in: {@code /} for the root.
 *
 * <p>Source: the line {@code "0::/blkwarden/01JD"} of {@code /proc/PID/cgroup}. Lines of version 1
 * stand beside it where both are mounted.
 *
 * @param path below the root of the tree, with a leading slash
 */
public record TaskCgroup(String path) {
  private static final String UNIFIED = "0::";

  /** Reads {@code proc/PID/cgroup}; absent when there is no such task. */
  public static ReadResult<TaskCgroup> read(KernelFiles files, int pid) {
    String path = "proc/" + pid + "/cgroup";
    return files.read(path).parse(path, TaskCgroup::parse);
  }

  /** Parses the whole file. */
  public static ReadResult<TaskCgroup> parse(String text) {
    return text.lines()
        .filter(line -> line.startsWith(UNIFIED + "/"))
        .findFirst()
        .map(line -> ReadResult.present(new TaskCgroup(line.substring(UNIFIED.length()))))
        .orElseGet(() -> ReadResult.malformed("cgroup", "a line '0::/...'", text.strip()));
  }
}
