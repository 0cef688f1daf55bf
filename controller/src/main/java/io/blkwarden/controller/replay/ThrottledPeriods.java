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
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Collects stretches by the id of what they belong to; at most {@link #MAX} that are over. */
final class ThrottledPeriods {
  static final int MAX = 100_000;

  private final Map<MessageId, Open> open = new LinkedHashMap<>();
  private final List<ThrottledPeriod> over = new ArrayList<>();
  private long omitted;

  /** One that goes on. */
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

  boolean has(MessageId id) {
    return open.containsKey(id);
  }

  /** Begins one; nothing when it is there already. */
  void begin(MessageId id, HostId host, DomainRef domain, String vdev, String mode, long millis) {
    open.putIfAbsent(id, new Open(host, domain, vdev, mode, millis));
  }

  /** Says what was set, unless that was said last. */
  void set(MessageId id, String what) {
    Open found = open.get(id);
    if (found != null && (found.set.isEmpty() || !found.set.getLast().equals(what))) {
      found.set.add(what);
    }
  }

  /** Says why it began, unless that was said. */
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

  /** Ends those of a host that are not in {@code ids}. */
  void keepOnly(HostId host, Set<MessageId> ids, long millis, String why) {
    endIf(each -> each.getValue().host.equals(host) && !ids.contains(each.getKey()), millis, why);
  }

  private void endIf(Predicate<Map.Entry<MessageId, Open>> which, long millis, String why) {
    for (Map.Entry<MessageId, Open> each : List.copyOf(open.entrySet())) {
      if (which.test(each)) {
        end(each.getKey(), millis, why);
      }
    }
  }

  private void close(Open found, long millis, @Nullable String why) {
    if (over.size() >= MAX) {
      omitted++;
      return;
    }
    over.add(
        new ThrottledPeriod(
            found.host,
            found.domain,
            found.vdev,
            found.policy,
            found.mode,
            found.set,
            found.fromMillis,
            Math.max(found.fromMillis, millis),
            found.why,
            why));
  }

  /** All of them, by their begin; those that go on are cut at the end of the recording. */
  List<ThrottledPeriod> finish(long endMillis) {
    open.values().forEach(each -> close(each, endMillis, null));
    open.clear();
    over.sort(Comparator.comparingLong(ThrottledPeriod::fromMillis));
    return List.copyOf(over);
  }

  long omitted() {
    return omitted;
  }
}
