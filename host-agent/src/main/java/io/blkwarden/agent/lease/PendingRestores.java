package io.blkwarden.agent.lease;

import io.blkwarden.model.IoPriority;
import io.blkwarden.model.Require;
import io.blkwarden.model.WorkerId;
import java.util.List;

/**
 * What is left to do for tasks that are under no lease since records of leases were damaged.
 *
 * @param workers tasks with their recorded priority, not restored yet
 * @param named tasks that a damaged record names without their earlier priority: restored to the
 *     kernel's default as soon as they are proven workers
 * @param suspects tasks found restrained after a loss: what they have is not an earlier priority
 * @param lostAtTicks uptime at which records were found lost, in 1/100 s; 0 when none were, or when
 *     all tasks have been looked at since
 */
public record PendingRestores(
    List<LeasedWorker> workers, List<WorkerId> named, List<Suspect> suspects, long lostAtTicks) {
  /** Most entries of each list; a host has fewer workers under lease. */
  public static final int MAX = 65_536;

  /** Nothing to do. */
  public static final PendingRestores NONE =
      new PendingRestores(List.of(), List.of(), List.of(), 0);

  /**
   * A task that was restrained under no lease right after a loss.
   *
   * @param id the task
   * @param found its priority then
   */
  public record Suspect(WorkerId id, IoPriority found) {
    public Suspect {
      Require.present(id, "suspect.id");
      Require.present(found, "suspect.found");
    }
  }

  public PendingRestores {
    workers = Require.list(workers, MAX, "pending.workers");
    named = Require.list(named, MAX, "pending.named");
    suspects = Require.list(suspects, MAX, "pending.suspects");
    Require.within(lostAtTicks, 0, Long.MAX_VALUE, "pending.lost_at_ticks");
  }
}
