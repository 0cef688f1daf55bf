package io.blkwarden.controller.engine;

import io.blkwarden.controller.engine.PendingRequests.PendingRequest;
import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.ClearRule;
import io.blkwarden.controller.throttle.CommandPurpose;
import io.blkwarden.controller.throttle.Lease;
import io.blkwarden.controller.throttle.SafetyCheck;
import io.blkwarden.model.DiskKey;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All leases and their pending commands.
 *
 * <p>Bounded by the safety limits and by the leases of agents. The last {@link #ENDED_MAX} ended
 * leases are kept with the time, because a heartbeat sent before may still list them; one that is
 * listed for longer is in force after all.
 */
final class ThrottleTable {
  static final int ENDED_MAX = 4_096;

  /**
   * A command without an outcome yet.
   *
   * @param command its identity
   * @param host it was sent to
   * @param purpose of the command
   * @param throttle it is for; absent for {@code release-all}
   * @param restraint that it sets; absent when it sets none
   * @param pendingRequest the operator's request that waits for it, if any
   * @param sentMillis when, on the monotonic clock
   */
  record PendingCommand(
      MessageId command,
      HostId host,
      CommandPurpose purpose,
      @Nullable Throttle throttle,
      @Nullable Restraint restraint,
      @Nullable PendingRequest pendingRequest,
      long sentMillis) {}

  private record Place(HostId host, DiskKey disk) {}

  private final Map<MessageId, Throttle> byLease = new LinkedHashMap<>();
  private final Map<Place, Throttle> byDisk = new LinkedHashMap<>();
  private final Map<MessageId, PendingCommand> pending = new LinkedHashMap<>();
  private final LinkedHashMap<MessageId, Long> ended = new LinkedHashMap<>();

  @Nullable Throttle of(HostId host, DiskKey disk) {
    return byDisk.isEmpty() ? null : byDisk.get(new Place(host, disk));
  }

  @Nullable Throttle lease(@Nullable MessageId lease) {
    return lease == null ? null : byLease.get(lease);
  }

  void add(Throttle throttle, MessageId lease) {
    byLease.put(lease, throttle);
    byDisk.put(new Place(throttle.host, throttle.disk), throttle);
  }

  void remove(Throttle throttle, MessageId lease, long nowMillis) {
    byLease.remove(lease);
    byDisk.remove(new Place(throttle.host, throttle.disk), throttle);
    pending.values().removeIf(command -> command.throttle() == throttle);
    ended.put(lease, nowMillis);
    if (ended.size() > ENDED_MAX) {
      ended.pollFirstEntry();
    }
  }

  /** Whether it ended so recently that a heartbeat sent before may list it. */
  boolean endedSince(MessageId lease, long millis) {
    Long at = ended.get(lease);
    return at != null && at >= millis;
  }

  List<Throttle> all() {
    return new ArrayList<>(byLease.values());
  }

  List<Throttle> ofHost(HostId host) {
    return byLease.values().stream().filter(throttle -> throttle.host.equals(host)).toList();
  }

  void sent(PendingCommand command) {
    pending.put(command.command(), command);
  }

  /** Removes a command that was answered or given up. */
  @Nullable PendingCommand removePending(MessageId command) {
    return pending.remove(command);
  }

  @Nullable PendingCommand pending(@Nullable MessageId command) {
    return command == null ? null : pending.get(command);
  }

  List<PendingCommand> sentBefore(long millis) {
    return pending.values().stream().filter(each -> each.sentMillis() < millis).toList();
  }

  SafetyCheck.Counts load(HostId host, DiskKey disk, int hostsLive, int hostsAnomalous) {
    int ofHost = 0;
    int ofDomain = 0;
    boolean hostThrottled = false;
    Set<HostId> hosts = new HashSet<>();
    for (Throttle each : byLease.values()) {
      boolean same = each.host.equals(host) && each.disk.equals(disk);
      if (!same && !each.local) {
        if (each.state.counts()) {
          hosts.add(each.host);
        }
        ofHost += each.host.equals(host) ? 1 : 0;
        ofDomain += each.disk.domain().equals(disk.domain()) ? 1 : 0;
        hostThrottled |= each.host.equals(host) && each.state.counts();
      }
    }
    return new SafetyCheck.Counts(
        ofHost, ofDomain, hosts.size(), hostThrottled, hostsLive, hostsAnomalous);
  }

  /**
   * Whether a low value counts as calm in spite of a throttle on the disk; for a total, on any of
   * the domain's disks.
   */
  ClearRule.Verdict mayClear(HostTracker tracker, Metric metric, int row) {
    if (!metric.isTotal()) {
      return mayClear(tracker, row);
    }
    ClearRule.Verdict worst = ClearRule.Verdict.CLEAR;
    for (int each : tracker.state.domainRows(metric, row)) {
      ClearRule.Verdict one =
          tracker.state.gone(each) ? ClearRule.Verdict.CLEAR : mayClear(tracker, each);
      if (one == ClearRule.Verdict.BACKLOGGED) {
        return one;
      }
      worst = one == ClearRule.Verdict.UNKNOWN ? one : worst;
    }
    return worst;
  }

  private ClearRule.Verdict mayClear(HostTracker tracker, int row) {
    HostState state = tracker.state;
    Throttle throttle = of(tracker.host(), state.disk(row).key());
    Lease lease = throttle == null ? null : throttle.lease();
    return switch (lease == null ? null : lease.restraint()) {
      case null -> ClearRule.Verdict.CLEAR;
      case Restraint.Priority _ ->
          ClearRule.ofUtil(state.value(Metric.UTIL, row), state.utilAtMost(row));
      case Restraint.Limit limit ->
          ClearRule.ofLimit(
              limit,
              state.value(Metric.READ_IOPS, row),
              state.value(Metric.WRITE_IOPS, row),
              state.value(Metric.UTIL, row));
    };
  }
}
