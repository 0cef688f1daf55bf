package io.blkwarden.agent.lease;

import io.blkwarden.model.IoPriority;
import io.blkwarden.model.Require;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerId;
import io.blkwarden.model.WorkerKind;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A task of a lease, with the state to restore.
 *
 * <p>{@code prior} is the priority before the lease's first change, also after renewals and other
 * steps.
 *
 * @param id pid and start time
 * @param comm its name
 * @param prior priority before the first change
 * @param priorGroup cgroup before the first limit; absent while no limit has moved it
 * @param ours priorities that this lease has set or is about to set, at most {@link #MAX_OURS}; any
 *     other priority found later was set by something else and is left alone
 * @param kind what it is; records of earlier versions lack it and are of blkback threads
 */
public record LeasedWorker(
    WorkerId id,
    String comm,
    IoPriority prior,
    @Nullable String priorGroup,
    List<IoPriority> ours,
    WorkerKind kind) {
  /** Maximum number of priorities that a lease can set: idle and eight best-effort levels. */
  public static final int MAX_OURS = 9;

  public LeasedWorker {
    Require.present(id, "worker.id");
    Require.text(comm, 64, "worker.comm");
    Require.present(prior, "worker.prior");
    Require.optionalText(priorGroup, 4_096, "worker.prior_group");
    ours = Require.list(ours, MAX_OURS, "worker.ours");
    kind = kind == null ? WorkerKind.BLKBACK : kind;
  }

  /** A task that no lease has changed. */
  static LeasedWorker unchanged(Worker worker, IoPriority priority) {
    return new LeasedWorker(worker.id(), worker.comm(), priority, null, List.of(), worker.kind());
  }

  /** A copy that is about to get a priority, so that it is known as ours after a crash. */
  LeasedWorker expecting(IoPriority priority) {
    List<IoPriority> known = Stream.concat(ours.stream(), Stream.of(priority)).distinct().toList();
    return new LeasedWorker(id, comm, prior, priorGroup, known, kind);
  }

  /** A copy with this priority as the only one of ours, in no cgroup of ours. */
  LeasedWorker settled(IoPriority priority) {
    return new LeasedWorker(id, comm, prior, null, List.of(priority), kind);
  }

  /** A copy that is about to be moved from a cgroup. */
  LeasedWorker from(String group) {
    return new LeasedWorker(id, comm, prior, group, ours, kind);
  }

  /** A copy that was moved and has its prior priority. */
  LeasedWorker moved() {
    return new LeasedWorker(id, comm, prior, priorGroup, List.of(), kind);
  }
}
