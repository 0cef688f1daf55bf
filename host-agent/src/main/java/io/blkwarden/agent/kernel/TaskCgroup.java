package io.blkwarden.agent.kernel;

/**
 * The cgroup (v2) of a task; {@code /} is the root.
 *
 * <p>Source: the line {@code "0::/blkwarden/01JD"} of {@code /proc/PID/cgroup}. With hybrid mounts
 * there are lines of cgroup v1, too.
 *
 * @param path path with a leading slash
 */
public record TaskCgroup(String path) {
  private static final String UNIFIED = "0::";

  /** Reads {@code proc/PID/cgroup}; absent when the task does not exist. */
  public static ReadResult<TaskCgroup> read(KernelFiles files, int pid) {
    return files.parse("proc/" + pid + "/cgroup", TaskCgroup::parse);
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
