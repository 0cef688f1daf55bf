package io.blkwarden.agent.lease;

import io.blkwarden.model.DiskKey;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Require;
import io.blkwarden.model.WorkerId;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All leases of a host; immutable.
 *
 * <p>At most {@link #MAX_LEASES}. No two leases share a disk or a task.
 */
public final class LeaseTable {
  /** Maximum number of leases per host. */
  public static final int MAX_LEASES = 1024;

  /** No leases. */
  public static final LeaseTable EMPTY = new LeaseTable(Map.of());

  private final Map<MessageId, Lease> leases;

  private LeaseTable(Map<MessageId, Lease> leases) {
    this.leases = leases;
  }

  /** A copy with the lease added or replaced. */
  LeaseTable with(Lease lease) {
    Map<MessageId, Lease> copy = new LinkedHashMap<>(leases);
    copy.put(lease.id(), lease);
    Require.within(copy.size(), 0, MAX_LEASES, "leases (count)");
    return new LeaseTable(Collections.unmodifiableMap(copy));
  }

  /** A copy without the lease. */
  LeaseTable without(MessageId id) {
    Map<MessageId, Lease> copy = new LinkedHashMap<>(leases);
    copy.remove(id);
    return new LeaseTable(Collections.unmodifiableMap(copy));
  }

  /** The lease with this id. */
  public Optional<Lease> find(MessageId id) {
    return Optional.ofNullable(leases.get(id));
  }

  /** The lease of a disk or of any of these tasks. */
  Optional<Lease> holder(DiskKey disk, Set<WorkerId> workers) {
    return leases.values().stream()
        .filter(
            lease -> lease.disk().equals(disk) || !Collections.disjoint(lease.workerIds(), workers))
        .findFirst();
  }

  /** Whether a lease has a task. */
  boolean contains(WorkerId worker) {
    return leases.values().stream().anyMatch(lease -> lease.workerIds().contains(worker));
  }

  /** Expired leases, including those not restored yet. */
  List<Lease> due(long nowMillis) {
    return leases.values().stream().filter(lease -> lease.deadlineMillis() <= nowMillis).toList();
  }

  /** All leases, oldest first. */
  public Collection<Lease> all() {
    return leases.values();
  }

  /** Whether the table is full. */
  boolean full() {
    return leases.size() >= MAX_LEASES;
  }
}
