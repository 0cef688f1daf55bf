package io.blkwarden.controller.engine;

import io.blkwarden.controller.throttle.SafetyCheck;
import io.blkwarden.model.DiskKey;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  private record Place(HostId host, DiskKey disk) {}

  private final Map<MessageId, Throttle> byLease = new LinkedHashMap<>();
  private final Map<Place, Throttle> byDisk = new LinkedHashMap<>();
  private final Map<MessageId, PendingCommand> pending = new LinkedHashMap<>();
  private final Map<MessageId, Long> ended = new LinkedHashMap<>();

  @Nullable Throttle of(HostId host, DiskKey disk) {
    return byDisk.isEmpty() ? null : byDisk.get(new Place(host, disk));
  }

  @Nullable Throttle lease(MessageId lease) {
    return byLease.get(lease);
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
      ended.remove(ended.keySet().iterator().next());
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
  Optional<PendingCommand> take(MessageId command) {
    return Optional.ofNullable(pending.remove(command));
  }

  Optional<PendingCommand> peek(MessageId command) {
    return Optional.ofNullable(pending.get(command));
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
}
