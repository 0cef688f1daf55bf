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

/** Why hosts have no map in NATS, or an old one, as their agents' heartbeats tell. */
final class UnmappedHosts {
  private static final int HOSTS_MAX = 10_000;
  private static final String MAP_SIZE = "mapping-size";

  private final Map<String, Heartbeat> heard = new TreeMap<>();

  /** Listens until each of these hosts is heard, or the time is over; no host stands for all. */
  static UnmappedHosts listen(OperatorSession session, Collection<String> hosts, Duration atMost)
      throws NatsException {
    UnmappedHosts found = new UnmappedHosts();
    long start = System.nanoTime();
    session.heartbeats(
        () ->
            System.nanoTime() - start > atMost.toNanos()
                || (!hosts.isEmpty() && found.heard.keySet().containsAll(hosts)),
        beat -> {
          if (found.heard.size() < HOSTS_MAX) {
            found.heard.put(beat.host().value(), beat);
          }
        });
    return found;
  }

  /** Hosts whose agents report. */
  Set<String> reporting() {
    return heard.keySet();
  }

  /** Why the host has no current map; empty when its agent does not report. */
  Optional<String> why(String host) {
    return Optional.ofNullable(heard.get(host)).map(UnmappedHosts::why);
  }

  private static String why(Heartbeat beat) {
    return beat.probes().stream()
        .filter(each -> each.name().equals(MAP_SIZE) && !each.ok() && each.detail() != null)
        .map(each -> Printable.of(String.valueOf(each.detail())))
        .findFirst()
        .orElse(
            "its agent has been running for %d s and reports; see the agent's log"
                .formatted(TimeUnit.MILLISECONDS.toSeconds(beat.uptimeMs())));
  }
}
