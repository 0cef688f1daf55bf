package io.blkwarden.controller.policy;

import io.blkwarden.model.Require;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.CommandAction;
import java.util.List;

/**
 * What a policy does about a breach.
 *
 * @param ladder what to try in turn; none for a policy that only alerts
 * @param leaseMillis how long each lease runs unless renewed, 10,000 to 3,600,000 ms
 * @param severity of the alert
 * @param life of the alert
 */
public record Response(
    List<Restraint> ladder, long leaseMillis, Alert.Severity severity, AlertLife life) {
  /** Shortest lease in ms: shorter ones would end between two renewals under load. */
  public static final long LEASE_MIN_MILLIS = 10_000;

  public Response {
    ladder = Require.list(ladder, PolicyLimits.RUNGS_MAX, "ladder");
    Require.within(leaseMillis, LEASE_MIN_MILLIS, CommandAction.Set.MAX_LEASE_MS, "lease");
    Require.present(severity, "alert");
    Require.present(life, "life");
  }

  /** The same with an alert that resolves at once and never reminds. */
  public Response(List<Restraint> ladder, long leaseMillis, Alert.Severity severity) {
    this(ladder, leaseMillis, severity, AlertLife.PLAIN);
  }
}
