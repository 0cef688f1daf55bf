package io.blkwarden.systemtests;

import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.model.subject.Subjects;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Three simulated dom0s with a NATS server and two policies: one throttles vm101 of sim-1, which
 * swaps, the other one proposes throttles of the root disks of sim-3.
 */
public final class StormyFleet implements AutoCloseable {
  private static final String POLICIES =
      """
      policies:
        - name: swap-storm
          mode: auto
          match: { role: swap, host: sim-1 }
          when: { metric: iops, above: 50, for: 1s, clear_below: 20, clear_for: 4s }
          then: { ladder: [ idle ], lease: 120s, alert: warning }
        - name: ask-first
          mode: approve
          match: { role: root, host: sim-3 }
          when: { metric: iops, above: 5, for: 1s }
          then: { ladder: [ idle ], lease: 60s, alert: info }
      brakes: { disks_per_host: 8, hosts_throttled: 100%, stop_if_hosts_anomalous: 100% }
      """;

  private final Path state;
  private final Path policies;
  private final NatsProcess nats;

  /** Starts its NATS server. */
  public StormyFleet(Path folder) throws IOException {
    state = folder.resolve("state");
    nats = NatsProcess.open(folder);
    policies = Files.createDirectory(folder.resolve("policies"));
    Files.writeString(policies.resolve("all.yaml"), POLICIES);
  }

  /** Starts its hosts, which are stopped before it. */
  public SimulatedAgents start() {
    return start(3);
  }

  /** Starts this many hosts, which are stopped before it. */
  public SimulatedAgents start(int hosts) {
    return SimulatedAgents.start(
        "--hosts=" + hosts,
        "--calm=1s",
        "--storm=600s",
        "--nats=" + nats.url(),
        "--state-dir=" + state);
  }

  /** The URL of its NATS server. */
  public String url() {
    return nats.url();
  }

  /** The folder of its policies. */
  public Path policies() {
    return policies;
  }

  /** The environment of a controller with its NATS server. */
  public NatsSettings bus() {
    return new NatsSettings(nats.url(), null, null, Subjects.DEFAULT, "c1");
  }

  @Override
  public void close() {
    nats.close();
  }
}
