package io.blkwarden.agent.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All processes and kernel threads of a host, by pid.
 *
 * <p>Source: {@code /proc/PID/stat} of every PID, one read each. Those that end during the scan are
 * skipped.
 *
 * @param all those that could be read
 * @param firstFault why one could not be read, if any
 */
public record TaskStats(List<TaskStat> all, Optional<String> firstFault) {
  private static final int MAX_PID_DIGITS = 7;

  public TaskStats {
    all = List.copyOf(all);
  }

  /** Reads all of them. */
  public static ReadResult<TaskStats> read(KernelFiles files) {
    return read(files, "proc");
  }

  /** Reads the threads of a process. */
  public static ReadResult<TaskStats> threads(KernelFiles files, int pid) {
    return read(files, "proc/" + pid + "/task");
  }

  private static ReadResult<TaskStats> read(KernelFiles files, String directory) {
    return files.list(directory).map(names -> scan(files, directory, numbers(names)));
  }

  private static TaskStats scan(KernelFiles files, String directory, int[] pids) {
    List<TaskStat> found = new ArrayList<>(pids.length);
    Optional<String> firstFault = Optional.empty();
    for (int pid : pids) {
      switch (files.parse(directory + "/" + pid + "/stat", TaskStat::parse)) {
        case ReadResult.Present<TaskStat>(TaskStat stat) -> found.add(stat);
        case ReadResult.Absent<TaskStat> _ -> {}
        case ReadResult<TaskStat> fault ->
            firstFault = firstFault.or(() -> Optional.of(fault.describe()));
      }
    }
    return new TaskStats(found, firstFault);
  }

  /** The names that are numbers, sorted; other names of {@code /proc} are no tasks. */
  private static int[] numbers(List<String> names) {
    return names.stream()
        .filter(name -> name.length() <= MAX_PID_DIGITS)
        .filter(name -> name.chars().allMatch(c -> c >= '0' && c <= '9'))
        .mapToInt(Integer::parseInt)
        .sorted()
        .toArray();
  }
}
