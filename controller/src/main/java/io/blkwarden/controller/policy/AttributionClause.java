package io.blkwarden.controller.policy;

import io.blkwarden.controller.attribution.AttributionRule;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.yaml.Section;
import io.blkwarden.controller.policy.yaml.Value;
import java.util.Map;

/**
 * Restricts a policy to disks that cause their neighbours' latency; {@code blame} in policy files.
 *
 * @param rule when a disk is found to be the cause
 * @param windowMillis how far back to look, 1 minute to 1 hour; a slot is a sixtieth of it, and at
 *     least five slots with latency are needed
 */
public record AttributionClause(AttributionRule rule, long windowMillis) {
  /** Shortest window: hosts are sampled about once a second. */
  public static final long WINDOW_MIN_MILLIS = 60_000;

  /** Longest window. */
  public static final long WINDOW_MAX_MILLIS = 3_600_000;

  /** Default window. */
  public static final long WINDOW_MILLIS = 120_000;

  /** Default latency above which neighbours are affected. */
  public static final double AFFECTED_MILLIS = 20;

  private static final Value<Metric> AGAINST =
      Value.oneOf(Map.of(Metric.DEVICE_AWAIT.id(), Metric.DEVICE_AWAIT));
  private static final Value<Double> ABOVE =
      Value.of(
          "a time above 0, like 20ms",
          Value.amount(Metric.DEVICE_AWAIT.unit()).where(millis -> millis > 0).parse());
  private static final Value<Double> PART = Value.number("a number from 0 to 1", 0, 1);
  private static final Value<Long> WINDOW =
      Value.duration("a time from 1m to 1h", WINDOW_MIN_MILLIS, WINDOW_MAX_MILLIS);

  /** Reads {@code blame: { against, above, correlation, window, margin }}. */
  static AttributionClause read(Section in) {
    in.get("against", AGAINST);
    return in.closed(
        new AttributionClause(
            new AttributionRule(
                in.get("above", ABOVE, AFFECTED_MILLIS),
                in.get("correlation", PART, AttributionRule.CORRELATION_MIN),
                in.get("margin", PART, AttributionRule.MARGIN_MIN)),
            in.get("window", WINDOW, WINDOW_MILLIS)));
  }
}
