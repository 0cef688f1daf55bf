package io.blkwarden.controller.cli;

import io.blkwarden.commandline.service.Supervisor;
import io.blkwarden.controller.app.ControllerRuntime;
import io.blkwarden.controller.http.Readiness;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports the controller's state to the service manager while its engine works.
 *
 * <p>The controller is reported as started once it knows whether it leads, or after {@link
 * #PATIENCE}, so that a start does not wait for NATS.
 */
final class ServiceNotices {
  private static final Logger log = LoggerFactory.getLogger(ServiceNotices.class);

  /** How long a start waits for NATS. */
  static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Interval between reports. */
  private static final Duration EVERY = Duration.ofSeconds(1);

  private ServiceNotices() {}

  static void start(ControllerRuntime controller, Supervisor supervisor) {
    if (!supervisor.listens()) {
      return;
    }
    Instant patience = Instant.now().plus(PATIENCE);
    controller.reportReadiness(
        EVERY,
        readiness -> {
          boolean waiting = !controller.leadershipKnown() && Instant.now().isBefore(patience);
          String status = status(readiness);
          (waiting ? supervisor.status(status) : supervisor.working(status))
              .ifPresent(why -> log.warn("service manager: {}", why));
        });
  }

  /** The status as one line. */
  static String status(Readiness readiness) {
    if (!readiness.blockers().isEmpty()) {
      return "not ready: " + String.join("; ", readiness.blockers());
    }
    return readiness.warnings().isEmpty()
        ? "leader"
        : "leader; " + String.join("; ", readiness.warnings());
  }
}
