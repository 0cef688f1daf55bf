package io.blkwarden.controller.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A policy that throttles a {@link ScriptedHost} at once, although it has no neighbours. */
public final class SwapStorm {
  /** The policy file. */
  public static final String POLICY =
      """
      policies:
        - name: swap-storm
          mode: auto
          match: { role: swap }
          when: { metric: iops, above: 200, for: 1s, clear_below: 100, clear_for: 1s }
          then: { ladder: [ idle ], lease: 60s, alert: warning }
      brakes: { disks_per_host: 2, hosts_throttled: 100%, stop_if_hosts_anomalous: 100% }
      """;

  private SwapStorm() {}

  /** Writes the policy file to the directory. */
  public static void in(Path folder) throws IOException {
    Files.writeString(folder.resolve("swap.yaml"), POLICY);
  }
}
