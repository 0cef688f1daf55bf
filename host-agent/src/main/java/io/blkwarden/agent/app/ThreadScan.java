package io.blkwarden.agent.app;

import io.blkwarden.agent.backend.blkback.BlkbackName;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.kernel.TaskStat;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A cheap poll for new blkback threads, which cause no event: lists {@code /proc} and reads {@code
 * stat} of new tasks only.
 */
final class ThreadScan {
  private final KernelFiles files;
  private Set<String> known = Set.of();

  ThreadScan(KernelFiles files) {
    this.files = files;
  }

  /** Whether there is a blkback thread that was not there at the last poll. */
  boolean foundNew() {
    if (!(files.list("proc") instanceof ReadResult.Present<List<String>>(List<String> names))) {
      return false;
    }
    Set<String> next = new HashSet<>();
    boolean found = false;
    for (String name : names) {
      if (name.length() <= 7 && name.chars().allMatch(c -> c >= '0' && c <= '9')) {
        next.add(name);
        found = found || (!known.contains(name) && blkback(Integer.parseInt(name)));
      }
    }
    known = next;
    return found;
  }

  private boolean blkback(int pid) {
    return TaskStat.read(files, pid)
        .toOptional()
        .filter(TaskStat::isKernelThread)
        .flatMap(stat -> BlkbackName.parse(stat.comm()))
        .isPresent();
  }
}
