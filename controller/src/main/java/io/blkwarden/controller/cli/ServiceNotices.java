package io.blkwarden.controller.cli;

import io.blkwarden.commandline.service.Supervisor;
import io.blkwarden.controller.app.ControllerRuntime;
import io.blkwarden.controller.http.Readiness;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the service manager that the controller works, for as long as its engine works. The first
 * time is when it knows whether it commands the fleet or watches, or after {@link #PATIENCE}: it
 * starts without NATS, and whoever waits for its start is not to wait for NATS.
 */
final class ServiceNotices {
  private static final Logger log = LoggerFactory.getLogger(ServiceNotices.class);

  /** How long NATS is waited for. */
  static final Duration PATIENCE = Duration.ofSeconds(20);

  /** How often a status is told: each time is cheap, and a start is told soon. */
  private static final Duration EVERY = Duration.ofSeconds(1);

  private final Supervisor supervisor;
  private final InstantSource clock;
  private final Instant begun;

  ServiceNotices(Supervisor supervisor, InstantSource clock) {
    this.supervisor = supervisor;
    this.clock = clock;
    this.begun = clock.instant();
  }

  static void begin(ControllerRuntime controller, Supervisor supervisor) {
    if (supervisor.listens()) {
      ServiceNotices notices = new ServiceNotices(supervisor, InstantSource.system());
      controller.reportReadiness(EVERY, readiness -> notices.alive(readiness, controller.leadershipKnown()));
    }
  }

  void alive(Readiness readiness, boolean claimKnown) {
    boolean waits = !claimKnown && clock.instant().isBefore(begun.plus(PATIENCE));
    Optional<String> fault =
        waits ? supervisor.status(words(readiness)) : supervisor.working(words(readiness));
    fault.ifPresent(why -> log.warn("service manager: {}", why));
  }

  /** How the controller stands, in one sentence. */
  static String words(Readiness readiness) {
    if (!readiness.hindrances().isEmpty()) {
      return "not ready: " + String.join("; ", readiness.hindrances());
    }
    return readiness.remarks().isEmpty()
        ? "commands the fleet"
        : "commands the fleet; " + String.join("; ", readiness.remarks());
  }
}
