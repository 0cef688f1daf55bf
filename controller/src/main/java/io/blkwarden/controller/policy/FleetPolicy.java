package io.blkwarden.controller.policy;

import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.model.Require;
import io.blkwarden.model.message.Alert;
import java.util.List;

/**
 * A total over the fleet above a level for a time; it only alerts.
 *
 * @param name unique, 1 to 100 characters
 * @param match what is counted; only hosts can be told apart for metrics of devices and hosts
 * @param total how it is totalled
 * @param each what counts as one for a count and a share: a metric above this value; 0 for a sum
 * @param when the level of the total; its metric is the one that is totalled
 * @param severity of the alert
 */
public record FleetPolicy(
    String name, Match match, Total total, double each, Threshold when, Alert.Severity severity)
    implements Policy {
  public FleetPolicy {
    Require.text(name, 100, "name");
    Require.present(match, "match");
    Require.present(total, "total");
    Require.finite(each, "above");
    Require.present(when, "fleet");
    Require.present(severity, "alert");
  }

  /** How values become one. */
  public enum Total {
    /** All values together. */
    SUM,
    /** How many values are above {@link FleetPolicy#each}. */
    COUNT,
    /** The part of the values that are. */
    SHARE
  }

  @Override
  public Mode mode() {
    return Mode.OBSERVE;
  }

  @Override
  public Response then() {
    return new Response(List.of(), Response.LEASE_MIN_MILLIS, severity);
  }

  /** A total as people read it. */
  public String format(double value) {
    Metric metric = when.metric();
    return switch (total) {
      case SUM -> metric.format(value);
      case COUNT -> "%.0f".formatted(value);
      case SHARE -> "%.0f%%".formatted(value * 100);
    };
  }
}
