package io.blkwarden.agent.backend.blkback;

import io.blkwarden.agent.kernel.TaskStat;
import io.blkwarden.model.WorkerId;
import java.util.List;

/**
 * A kernel thread with a blkback name. Only children of kthreadd count, so no user process can pose
 * as one.
 *
 * @param id pid and start time
 * @param name parsed name
 */
public record BlkbackThread(WorkerId id, BlkbackName name) {
  /** The blkback threads among a host's tasks, by pid. */
  public static List<BlkbackThread> among(List<TaskStat> tasks) {
    return tasks.stream()
        .filter(TaskStat::isKernelThread)
        .flatMap(task ->
            BlkbackName.parse(task.comm()).stream().map(name -> new BlkbackThread(task.id(), name)))
        .toList();
  }
}
