package io.blkwarden.agent.lease;

import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DiskKey;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Require;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.WorkerId;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A throttle that ends by itself: which tasks have which priority, and until when.
 *
 * @param id identity, chosen by the controller
 * @param domain whose disk, with the incarnation it was set for
 * @param vdev which disk
 * @param priority what is set; absent for a limit
 * @param limit what is set; absent for a priority
 * @param deadlineMillis when it ends, in ms of CLOCK_MONOTONIC
 * @param reason why it was set
 * @param ending how it ends, when its time is over and not everything could be restored yet
 * @param workers all tasks of the disk, 1 to {@link MappedDisk#MAX_WORKERS}
 */
public record Lease(
    MessageId id,
    DomainRef domain,
    String vdev,
    @Nullable IoPriority priority,
    @Nullable LeaseLimit limit,
    long deadlineMillis,
    String reason,
    @Nullable LeaseEnd ending,
    List<LeasedWorker> workers) {
  public Lease {
    Require.present(id, "lease.id");
    Require.present(domain, "lease.domain");
    Require.text(vdev, 64, "lease.vdev");
    if ((priority == null) == (limit == null)) {
      throw new IllegalArgumentException("lease: expected either a priority or a limit");
    }
    Require.text(reason, 1_000, "lease.reason");
    workers = Require.list(workers, MappedDisk.MAX_WORKERS, "lease.workers");
    Require.within(workers.size(), 1, MappedDisk.MAX_WORKERS, "lease.workers (count)");
  }

  /** What is set. */
  public Restraint restraint() {
    return Restraint.of(priority, limit == null ? null : limit.perSecond(), "lease");
  }

  /** The cgroup that its workers are in while it limits them. */
  String group() {
    return LimitGroups.TOP + "/" + id;
  }

  /** Whether a limit has moved a worker, or was about to. */
  boolean grouped() {
    return workers.stream().anyMatch(worker -> worker.priorGroup() != null);
  }

  /** Lasting identity of the disk. */
  public DiskKey disk() {
    return DiskKey.of(domain, vdev);
  }

  /** How long it still runs, in ms, 0 when its time is over. */
  public long remainingMillis(long nowMillis) {
    return Math.max(0, deadlineMillis - nowMillis);
  }

  Set<WorkerId> workerIds() {
    return workers.stream().map(LeasedWorker::id).collect(Collectors.toUnmodifiableSet());
  }

  Lease until(long newDeadlineMillis) {
    return new Lease(id, domain, vdev, priority, limit, newDeadlineMillis, reason, ending, workers);
  }

  Lease with(List<LeasedWorker> newWorkers) {
    return new Lease(id, domain, vdev, priority, limit, deadlineMillis, reason, ending, newWorkers);
  }

  /** This lease in the state of ending, its time over now at the latest. */
  Lease endingAs(LeaseEnd end, long nowMillis) {
    return new Lease(
        id,
        domain,
        vdev,
        priority,
        limit,
        Math.min(deadlineMillis, nowMillis),
        reason,
        end,
        workers);
  }

  /**
   * A limit that a lease holds.
   *
   * @param perSecond reads a second, and writes a second
   * @param device what the limit was set on: the disk's own device, or the disk that it is a
   *     partition of
   */
  public record LeaseLimit(int perSecond, DeviceNumber device) {
    public LeaseLimit {
      Require.within(
          perSecond,
          Restraint.Limit.MIN_PER_SECOND,
          Restraint.Limit.MAX_PER_SECOND,
          "lease.limit.per_second");
      Require.present(device, "lease.limit.device");
    }
  }
}
