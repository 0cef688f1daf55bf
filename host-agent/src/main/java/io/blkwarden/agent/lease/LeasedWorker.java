package io.blkwarden.agent.lease;

import io.blkwarden.model.IoPriority;
import io.blkwarden.model.Require;
import io.blkwarden.model.WorkerId;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One task that a lease holds, with what it takes to put it back.
 *
 * <p>The prior is the priority before the first change of this lease and never one of the lease's
 * own, however often it is renewed or changes its rung.
 *
 * @param id pid and start time
 * @param comm its name
 * @param prior priority before the first change
 * @param priorGroup cgroup before the first limit; absent while no limit has moved it
 * @param ours priorities that this lease has set or is about to set, at most {@link #MAX_OURS}; any
 *     other found there later is someone else's change and is left alone
 */
public record LeasedWorker(
    WorkerId id,
    String comm,
    IoPriority prior,
    @Nullable String priorGroup,
    List<IoPriority> ours) {
  /** Most priorities that a lease can have set: idle and the eight best-effort levels. */
  public static final int MAX_OURS = 9;

  public LeasedWorker {
    Require.present(id, "worker.id");
    Require.text(comm, 64, "worker.comm");
    Require.present(prior, "worker.prior");
    Require.optionalText(priorGroup, 4_096, "worker.prior_group");
    ours = Require.list(ours, MAX_OURS, "worker.ours");
  }

  /**
   * The same worker, about to get a priority: whichever is found after a crash is known as ours.
   */
  LeasedWorker expecting(IoPriority priority) {
    return new LeasedWorker(
        id,
        comm,
        prior,
        priorGroup,
        Stream.concat(ours.stream(), Stream.of(priority)).distinct().toList());
  }

  /**
   * The same worker after it got a priority and is in no group of ours: an earlier rung found there
   * would be someone else's.
   */
  LeasedWorker settled(IoPriority priority) {
    return new LeasedWorker(id, comm, prior, null, List.of(priority));
  }

  /** The same worker, about to be moved away from a group. */
  LeasedWorker from(String group) {
    return new LeasedWorker(id, comm, prior, group, ours);
  }

  /** The same worker after it was moved, with its priority back. */
  LeasedWorker moved() {
    return new LeasedWorker(id, comm, prior, priorGroup, List.of());
  }
}
