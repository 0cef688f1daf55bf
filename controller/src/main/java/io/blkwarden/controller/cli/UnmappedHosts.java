package io.blkwarden.controller.cli;

import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.OperatorSession;
import io.blkwarden.model.Printable;
import io.blkwarden.model.message.Heartbeat;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Why hosts have no current map in NATS, according to their agents' heartbeats. */
final class UnmappedHosts {
  private static final int HOSTS_MAX = 10_000;
  private static final String MAP_SIZE = "mapping-size";

  private final Map<String, Heartbeat> beats = new TreeMap<>();

  /** Collects heartbeats until each of these hosts sent one, or for the given time if none. */
  static UnmappedHosts listen(OperatorSession session, Collection<String> hosts, Duration atMost)
      throws NatsException {
    UnmappedHosts found = new UnmappedHosts();
    long start = System.nanoTime();
    session.heartbeats(
        () ->
            System.nanoTime() - start > atMost.toNanos()
                || (!hosts.isEmpty() && found.beats.keySet().containsAll(hosts)),
        beat -> {
          if (found.beats.size() < HOSTS_MAX) {
            found.beats.put(beat.host().value(), beat);
          }
        });
    return found;
  }

  /** The hosts whose agents report. */
  Set<String> reporting() {
    return beats.keySet();
  }

  /** Why the host has no current map; empty if its agent does not report. */
  Optional<String> why(String host) {
    return Optional.ofNullable(beats.get(host)).map(UnmappedHosts::why);
  }

  private static String why(Heartbeat beat) {
    return beat.probes().stream()
        .filter(each -> each.name().equals(MAP_SIZE) && !each.ok() && each.detail() != null)
        .map(each -> Printable.of(String.valueOf(each.detail())))
        .findFirst()
        .orElse(
            "its agent reports and has been running for %d s; check the agent's log"
                .formatted(TimeUnit.MILLISECONDS.toSeconds(beat.uptimeMs())));
  }
}
