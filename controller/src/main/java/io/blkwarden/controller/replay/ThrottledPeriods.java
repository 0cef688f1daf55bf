package io.blkwarden.controller.replay;

import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects throttled periods by ID of the lease or alert; at most {@link #MAX} ended ones. */
final class ThrottledPeriods {
  static final int MAX = 100_000;

  private final long fromMillis;
  private final Map<MessageId, Open> open = new LinkedHashMap<>();
  private final List<ThrottledPeriod> ended = new ArrayList<>();
  private long omitted;

  /** No periods; what is before {@code fromMillis} is cut off. */
  ThrottledPeriods(long fromMillis) {
    this.fromMillis = fromMillis;
  }

  /** An active period. */
  private static final class Open {
    private final HostId host;
    private final DomainRef domain;
    private final String vdev;
    private final String mode;
    private final long fromMillis;
    private final List<String> set = new ArrayList<>();
    private @Nullable String policy;
    private String why = "";

    private Open(HostId host, DomainRef domain, String vdev, String mode, long fromMillis) {
      this.host = host;
      this.domain = domain;
      this.vdev = vdev;
      this.mode = mode;
      this.fromMillis = fromMillis;
    }
  }

  /** Starts a period, unless it is active. */
  void start(MessageId id, HostId host, DomainRef domain, String vdev, String mode, long millis) {
    open.putIfAbsent(id, new Open(host, domain, vdev, mode, millis));
  }

  /** Adds a restraint, unless it is the latest one. */
  void set(MessageId id, String what) {
    Open found = open.get(id);
    if (found != null && (found.set.isEmpty() || !found.set.getLast().equals(what))) {
      found.set.add(what);
    }
  }

  /** Sets the reason for the start, unless it is known. */
  void cause(MessageId id, @Nullable String policy, String why) {
    Open found = open.get(id);
    if (found != null && found.why.isEmpty()) {
      found.policy = policy;
      found.why = why;
    }
  }

  void end(MessageId id, long millis, String why) {
    Open found = open.remove(id);
    if (found != null) {
      close(found, millis, why);
    }
  }

  /** Ends the periods of a host that are not in {@code ids}. */
  void keepOnly(HostId host, Set<MessageId> ids, long millis, String why) {
    for (Map.Entry<MessageId, Open> each : List.copyOf(open.entrySet())) {
      if (each.getValue().host.equals(host) && !ids.contains(each.getKey())) {
        end(each.getKey(), millis, why);
      }
    }
  }

  private void close(Open found, long millis, @Nullable String why) {
    if (millis <= fromMillis) {
      return;
    }
    if (ended.size() >= MAX) {
      omitted++;
      return;
    }
    ended.add(
        new ThrottledPeriod(
            found.host,
            found.domain,
            found.vdev,
            found.policy,
            found.mode,
            found.set,
            Math.max(found.fromMillis, fromMillis),
            Math.max(found.fromMillis, millis),
            found.why,
            why));
  }

  /** All periods by start; active ones end with the recording. */
  List<ThrottledPeriod> finish(long endMillis) {
    open.values().forEach(each -> close(each, endMillis, null));
    open.clear();
    ended.sort(Comparator.comparingLong(ThrottledPeriod::fromMillis));
    return List.copyOf(ended);
  }

  long omitted() {
    return omitted;
  }
}
