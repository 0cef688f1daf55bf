package io.blkwarden.agent.app;

import io.blkwarden.agent.bus.BusState;
import io.blkwarden.agent.lease.Throttler;
import io.blkwarden.model.message.Heartbeat.HeldThrottle;
import io.blkwarden.model.message.Heartbeat.ProbeHealth;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Health of sources and counters of losses, for the heartbeat. Thread-safe. */
final class AgentHealth {
  private static final int MAX_DETAIL = 1_000;

  private final Map<String, Optional<String>> faults = new TreeMap<>();
  private final Map<String, Long> counts = new TreeMap<>();
  private final Set<String> unavailable = new HashSet<>();

  /** Sets the fault of a source; empty if it works. */
  synchronized void set(String name, Optional<String> fault) {
    faults.put(name, fault);
  }

  /**
   * Marks a source as not available on this host, which is not a fault.
   *
   * @return whether this is new
   */
  synchronized boolean unavailable(String name) {
    faults.remove(name);
    return unavailable.add(name);
  }

  /** Counts a loss or failure. */
  synchronized void count(String what) {
    counts.merge(what, 1L, Long::sum);
  }

  synchronized List<ProbeHealth> probes(BusState bus) {
    Map<String, Optional<String>> all = new TreeMap<>(faults);
    all.put("nats", Optional.empty());
    bus.faults().forEach((name, fault) -> all.put(name, Optional.of(fault)));
    List<ProbeHealth> probes = new ArrayList<>();
    all.forEach((name, fault) ->
        probes.add(
            new ProbeHealth(name, fault.isEmpty(), fault.map(AgentHealth::truncate).orElse(null))));
    return probes;
  }

  private static String truncate(String text) {
    return text.length() > MAX_DETAIL ? text.substring(0, MAX_DETAIL) : text;
  }

  synchronized Map<String, Long> drops(BusState bus, AgentInbox inbox) {
    Map<String, Long> drops = new TreeMap<>(counts);
    bus.drops().forEach((kind, count) -> drops.merge(kind, count, Long::sum));
    drops.put("changes_conflated", inbox.conflated());
    drops.put("commands_refused", inbox.refused());
    return drops;
  }

  static List<HeldThrottle> throttles(Throttler throttler, long nowMillis) {
    return throttler.table().all().stream()
        .map(lease ->
            new HeldThrottle(
                lease.id(),
                lease.domain(),
                lease.vdev(),
                lease.restraint(),
                lease.remainingMillis(nowMillis),
                lease.local()))
        .toList();
  }
}
