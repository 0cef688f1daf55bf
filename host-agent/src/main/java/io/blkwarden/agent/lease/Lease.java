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
 * A lease of a throttle: its tasks, its restraint and its deadline.
 *
 * @param id identity, chosen by the controller
 * @param domain domain incarnation of the disk
 * @param vdev virtual device
 * @param priority priority to set; absent for a limit
 * @param limit limit to set; absent for a priority
 * @param deadlineMillis expiry in ms of CLOCK_MONOTONIC
 * @param reason reason given by the issuer
 * @param ending how it ended, while its restore is incomplete
 * @param workers all tasks of the disk, 1 to {@link MappedDisk#MAX_WORKERS}
 * @param local true if an operator on the host set it; absent for a controller's
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
    List<LeasedWorker> workers,
    @Nullable Boolean local) {
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

  /** The restraint. */
  public Restraint restraint() {
    return Restraint.of(priority, limit == null ? null : limit.perSecond());
  }

  /** The cgroup of its workers while limited. */
  String group() {
    return LimitGroups.TOP + "/" + id;
  }

  /** Whether a limit has moved a worker or was about to. */
  boolean grouped() {
    return workers.stream().anyMatch(worker -> worker.priorGroup() != null);
  }

  /** Identity of the disk. */
  public DiskKey disk() {
    return DiskKey.of(domain, vdev);
  }

  /** Remaining time in ms; 0 after expiry. */
  public long remainingMillis(long nowMillis) {
    return Math.max(0, deadlineMillis - nowMillis);
  }

  Set<WorkerId> workerIds() {
    return workers.stream().map(LeasedWorker::id).collect(Collectors.toUnmodifiableSet());
  }

  Lease until(long newDeadlineMillis) {
    return new Lease(
        id, domain, vdev, priority, limit, newDeadlineMillis, reason, ending, workers, local);
  }

  Lease with(List<LeasedWorker> newWorkers) {
    return new Lease(
        id, domain, vdev, priority, limit, deadlineMillis, reason, ending, newWorkers, local);
  }

  /** A copy in the ending state, which expires now at the latest. */
  Lease endingAs(LeaseEnd end, long nowMillis) {
    long by = Math.min(deadlineMillis, nowMillis);
    return new Lease(id, domain, vdev, priority, limit, by, reason, end, workers, local);
  }

  /**
   * The limit of a lease.
   *
   * @param perSecond reads per second, and writes per second
   * @param device device with the limit: the disk's own, or the whole disk of a partition
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
