package io.blkwarden.agent.lease;

import io.blkwarden.model.IoPriority;
import io.blkwarden.model.Require;
import io.blkwarden.model.WorkerId;
import java.util.List;

/**
 * The pending restores of tasks without a lease after lease records were damaged.
 *
 * @param workers tasks with a recorded prior priority, not restored yet
 * @param named tasks in a damaged record without a prior priority: restored to the kernel's default
 *     once they are proven workers
 * @param suspects tasks found restrained after a loss; their priority is not a prior priority
 * @param lostAtTicks uptime at which a loss was detected, in 1/100 s; 0 without a loss or after all
 *     tasks were checked
 */
public record PendingRestores(
    List<LeasedWorker> workers, List<WorkerId> named, List<Suspect> suspects, long lostAtTicks) {
  /** Maximum entries of each list. */
  public static final int MAX = 65_536;

  /** No pending restores. */
  public static final PendingRestores NONE =
      new PendingRestores(List.of(), List.of(), List.of(), 0);

  /**
   * A task found restrained without a lease after a loss.
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
