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
 * Notifies the service manager (sd_notify) while the agent's threads make progress. Readiness
 * follows the first scan, complete or not: an agent that waits for xenstored has leases to end, and
 * must not be killed for a start timeout.
 */
final class ServiceNotices {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceNotices.class);

  /** Interval of status updates without a watchdog. */
  private static final Duration STATUS_INTERVAL = Duration.ofSeconds(10);

  /** Keep-alives per watchdog timeout. */
  private static final int KEEP_ALIVES = 4;

  private ServiceNotices() {}

  static void start(AgentRuntime agent, Supervisor supervisor) {
    if (supervisor.listens()) {
      Duration every =
          supervisor.watchdog().map(time -> time.dividedBy(KEEP_ALIVES)).orElse(STATUS_INTERVAL);
      Disposable _ =
          agent
              .alive(every)
              .subscribe(snapshot ->
                  supervisor
                      .working(status(snapshot))
                      .ifPresent(
                          fault -> LOG.warn("cannot notify the service manager: {}", fault)));
    }
  }

  /** The agent's status for {@code systemctl status}. */
  static String status(AgentSnapshot snapshot) {
    Optional<String> fault =
        snapshot.beat().probes().stream()
            .filter(probe -> probe.name().equals("scan") && !probe.ok())
            .map(ProbeHealth::detail)
            .findFirst();
    int disks = snapshot.resolved() + snapshot.unresolved();
    if (disks == 0 && fault.isPresent()) {
      return "no map yet: " + fault.get();
    }
    String map =
        "%d disk%s, %s; %d throttled; %s"
            .formatted(
                disks,
                disks == 1 ? "" : "s",
                snapshot.unresolved() == 0 ? "all proven" : snapshot.unresolved() + " not proven",
                snapshot.beat().throttles().size(),
                snapshot.connected() ? "connected to NATS" : "not connected to NATS");
    return fault.map(reason -> map + "; scan incomplete: " + reason).orElse(map);
  }
}
