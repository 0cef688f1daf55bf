package io.blkwarden.agent.cli;

import io.blkwarden.agent.app.AgentRuntime;
import io.blkwarden.agent.app.AgentSnapshot;
import io.blkwarden.commandline.service.Supervisor;
import io.blkwarden.model.message.Heartbeat.ProbeHealth;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;

/**
 * Tells the service manager that the agent works, for as long as its own threads turn. The first
 * time is after the first look at the host, whether that gave a map or not: an agent that waits for
 * xenstored holds an earlier run's leases, and is not to be ended for it.
 */
final class ServiceNotices {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceNotices.class);

  /** How often a status is told where no watchdog waits. */
  private static final Duration STATUS_EVERY = Duration.ofSeconds(10);

  /** Signs of life in the time that a watchdog waits for one. */
  private static final int SIGNS = 4;

  private ServiceNotices() {}

  static void begin(AgentRuntime agent, Supervisor supervisor) {
    if (supervisor.listens()) {
      Duration every =
          supervisor.watchdog().map(time -> time.dividedBy(SIGNS)).orElse(STATUS_EVERY);
      Disposable _ =
          agent
              .alive(every)
              .subscribe(reading ->
                  supervisor
                      .working(words(reading))
                      .ifPresent(why -> LOG.warn("service manager: {}", why)));
    }
  }

  /** How the agent stands, in one sentence. */
  static String words(AgentSnapshot reading) {
    Optional<String> blind =
        reading.beat().probes().stream()
            .filter(probe -> probe.name().equals("scan") && !probe.ok())
            .map(ProbeHealth::detail)
            .findFirst();
    int disks = reading.resolved() + reading.unresolved();
    if (disks == 0 && blind.isPresent()) {
      return "no map yet: " + blind.get();
    }
    String map =
        "%d disk%s, %s; %d throttled; %s"
            .formatted(
                disks,
                disks == 1 ? "" : "s",
                reading.unresolved() == 0 ? "all proven" : reading.unresolved() + " not proven",
                reading.beat().throttles().size(),
                reading.connected() ? "connected to NATS" : "not connected to NATS");
    return blind.map(why -> map + "; cannot read all of the host: " + why).orElse(map);
  }
}
