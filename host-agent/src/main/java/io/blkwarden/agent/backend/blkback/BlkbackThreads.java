package io.blkwarden.agent.backend.blkback;

import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.kernel.TaskStat;
import io.blkwarden.model.WorkerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The blkback threads found by one scan of all tasks.
 *
 * <p>Source: {@code /proc/PID/stat} of every PID, one read each. Tasks that end during the scan are
 * skipped.
 *
 * @param blkback threads with blkback names, by pid
 * @param firstFault why a task could not be read, if any
 */
public record BlkbackThreads(List<BlkbackThread> blkback, Optional<String> firstFault) {
  private static final int MAX_PID_DIGITS = 7;

  public BlkbackThreads {
    blkback = List.copyOf(blkback);
  }

  /** Scans all tasks. */
  public static ReadResult<BlkbackThreads> read(KernelFiles files) {
    return files.list("proc").map(names -> scan(files, pids(names)));
  }

  private static BlkbackThreads scan(KernelFiles files, List<Integer> pids) {
    List<BlkbackThread> threads = new ArrayList<>();
    Optional<String> firstFault = Optional.empty();
    for (int pid : pids) {
      switch (TaskStat.read(files, pid)) {
        case ReadResult.Present<TaskStat>(TaskStat stat) -> blkback(stat).ifPresent(threads::add);
        case ReadResult.Absent<TaskStat> _ -> {}
        case ReadResult<TaskStat> fault ->
            firstFault = firstFault.or(() -> Optional.of(fault.describe()));
      }
    }
    return new BlkbackThreads(threads, firstFault);
  }

  private static Optional<BlkbackThread> blkback(TaskStat stat) {
    return stat.isKernelThread()
        ? BlkbackName.parse(stat.comm()).map(name -> new BlkbackThread(stat.id(), name))
        : Optional.empty();
  }

  private static List<Integer> pids(List<String> names) {
    return names.stream()
        .filter(name -> name.length() <= MAX_PID_DIGITS)
        .filter(name -> name.chars().allMatch(c -> c >= '0' && c <= '9'))
        .map(Integer::valueOf)
        .sorted()
        .toList();
  }

  /**
   * A kernel thread with a blkback name. Only children of kthreadd count, so no user process can
   * pose as one.
   *
   * @param id pid and start time
   * @param name parsed name
   */
  public record BlkbackThread(WorkerId id, BlkbackName name) {}
}
