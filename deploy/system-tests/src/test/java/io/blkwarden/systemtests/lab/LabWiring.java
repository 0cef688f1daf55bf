package io.blkwarden.systemtests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;

/** Starts the NATS view, the controller and the agent in dom0 for tests in the lab. */
final class LabWiring {
  private static final String HOST = "dom0-lab";

  static final Duration LEASE = Duration.ofSeconds(40);

  /** Short times, and thresholds for a disk with 20 IOPS. */
  private static final String POLICIES =
      """
      policies:
        - name: swap-storm
          mode: auto
          match: { role: swap }
          when: { metric: iops, above: 3, for: 5s, clear_below: 1.5, clear_for: 8s }
          only_if: { any: [ { metric: device.util, above: 0.5 } ] }
          then: { ladder: [ idle ], lease: %ds, alert: warning }
      """
          .formatted(LEASE.toSeconds());

  private LabWiring() {}

  static String natsUrl() {
    return Objects.requireNonNull(
        System.getenv("NATS_URL"), "NATS_URL is not set: deploy/xen-lab/run sets it");
  }

  static FleetView fleet() {
    try {
      return new FleetView(natsUrl());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (TimeoutException e) {
      throw new AssertionError("NATS at " + natsUrl() + " does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  static ControllerProcess controller(Path work) throws IOException {
    return ControllerProcess.start(natsUrl(), work, POLICIES);
  }

  /** A controller with another ladder, such as {@code limit 10/s}. */
  static ControllerProcess controller(Path work, String ladder) throws IOException {
    return ControllerProcess.start(
        natsUrl(), work, POLICIES.replace("ladder: [ idle ]", "ladder: [ " + ladder + " ]"));
  }

  /** A controller whose policy has an additional {@code when} condition. */
  static ControllerProcess controller(Path work, String ladder, String when) throws IOException {
    return ControllerProcess.start(
        natsUrl(),
        work,
        POLICIES
            .replace("ladder: [ idle ]", "ladder: [ " + ladder + " ]")
            .replaceFirst("when: \\{.*", "when: { " + when + " }"));
  }

  /** Takes the place of a controller until it is started. */
  static ControllerProcess noController() {
    return ControllerProcess.none();
  }

  static void startAgent(Lab lab) {
    lab.verb("agent", "start", "--host", HOST);
  }
}
