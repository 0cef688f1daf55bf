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
 * All leases of a host: an immutable value.
 *
 * <p>At most {@link #MAX_LEASES}; a further one is refused. No two leases hold one disk or one
 * task.
 */
public final class LeaseTable {
  /** Most leases of one host. */
  public static final int MAX_LEASES = 1024;

  /** No leases. */
  public static final LeaseTable EMPTY = new LeaseTable(Map.of());

  private final Map<MessageId, Lease> leases;

  private LeaseTable(Map<MessageId, Lease> leases) {
    this.leases = leases;
  }

  /** The table with a lease added or put in the place of its former state. */
  LeaseTable with(Lease lease) {
    Map<MessageId, Lease> copy = new LinkedHashMap<>(leases);
    copy.put(lease.id(), lease);
    Require.within(copy.size(), 0, MAX_LEASES, "leases (count)");
    return new LeaseTable(Collections.unmodifiableMap(copy));
  }

  /** The table without a lease. */
  LeaseTable without(MessageId id) {
    Map<MessageId, Lease> copy = new LinkedHashMap<>(leases);
    copy.remove(id);
    return new LeaseTable(Collections.unmodifiableMap(copy));
  }

  /** The lease of this identity. */
  public Optional<Lease> find(MessageId id) {
    return Optional.ofNullable(leases.get(id));
  }

  /** The lease that holds a disk or any of these tasks. */
  Optional<Lease> holder(DiskKey disk, Set<WorkerId> workers) {
    return leases.values().stream()
        .filter(
            lease -> lease.disk().equals(disk) || !Collections.disjoint(lease.workerIds(), workers))
        .findFirst();
  }

  /** Whether a lease holds a task. */
  boolean holds(WorkerId worker) {
    return leases.values().stream().anyMatch(lease -> lease.workerIds().contains(worker));
  }

  /** Leases whose time is over, also those that could not be restored yet. */
  List<Lease> due(long nowMillis) {
    return leases.values().stream().filter(lease -> lease.deadlineMillis() <= nowMillis).toList();
  }

  /** All leases, the oldest first. */
  public Collection<Lease> all() {
    return leases.values();
  }

  /** Whether another lease fits in. */
  boolean full() {
    return leases.size() >= MAX_LEASES;
  }
}
