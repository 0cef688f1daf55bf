package io.blkwarden.controller.policy;

import io.blkwarden.controller.policy.yaml.Section;
import io.blkwarden.controller.policy.yaml.Value;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.CommandAction;
import java.util.List;
import java.util.Optional;

/**
 * What a policy does about a breach.
 *
 * @param ladder restraints to try in turn; empty for a policy that only alerts
 * @param leaseMillis lease of a throttle, 10,000 to 3,600,000 ms
 * @param severity of the alert
 * @param life of the alert
 */
public record Response(
    List<Restraint> ladder, long leaseMillis, Alert.Severity severity, AlertLife life) {
  /** Shortest lease in ms: shorter ones could expire before their renewal under load. */
  public static final long LEASE_MIN_MILLIS = 10_000;

  /** Default of a policy without {@code then}: an alert only. */
  public static final Response ALERT_ONLY =
      new Response(List.of(), 300_000, Alert.Severity.WARNING);

  private static final Value<Restraint> RESTRAINT =
      Value.of(
          "idle, best-effort/0 to best-effort/7, or limit 10/s to limit 100000/s",
          Response::restraint);
  private static final Value<Long> LEASE =
      Value.duration("a duration of 10s to 1h", LEASE_MIN_MILLIS, CommandAction.Set.USUAL_LEASE_MS);
  private static final Value<Long> KEEP =
      Value.duration("a duration of at most 1d", 0, PolicyLimits.DURATION_MAX_MILLIS);
  private static final Value<Long> REMIND =
      Value.duration(
          "a duration of 10s to 1d", AlertLife.REMIND_MIN_MILLIS, PolicyLimits.DURATION_MAX_MILLIS);
  private static final Value<Alert.Severity> SEVERITY =
      Value.oneOf(Alert.Severity.values(), Alert.Severity::wire);

  public Response {
    ladder = List.copyOf(ladder);
  }

  /** A response whose alert resolves at once and is not repeated. */
  public Response(List<Restraint> ladder, long leaseMillis, Alert.Severity severity) {
    this(ladder, leaseMillis, severity, AlertLife.PLAIN);
  }

  /** Reads {@code then: { ladder, lease, alert, keep_firing_for, remind_every }} of a policy. */
  public static Response of(Section policy) {
    return policy.section("then").map(Response::read).orElse(ALERT_ONLY);
  }

  private static Response read(Section in) {
    List<Restraint> ladder = in.list("ladder", RESTRAINT);
    if (ladder.size() > PolicyLimits.STEPS_MAX) {
      in.problem(
          "ladder",
          "expected at most %d steps, found %d".formatted(PolicyLimits.STEPS_MAX, ladder.size()));
      ladder = List.of();
    }
    return in.closed(
        new Response(
            ladder,
            in.get("lease", LEASE, ALERT_ONLY.leaseMillis()),
            in.get("alert", SEVERITY, ALERT_ONLY.severity()),
            new AlertLife(
                in.get("keep_firing_for", KEEP, 0L), in.get("remind_every", REMIND, 0L))));
  }

  /** Parses a restraint; empty when it is invalid. */
  public static Optional<Restraint> restraint(String text) {
    try {
      return Optional.of(Restraint.parse(text));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /**
   * How long a policy's alerts are kept, and how often they are published again.
   *
   * @param keepFiringMillis measured time without a breach before the alert is resolved; 0 to
   *     resolve at once
   * @param remindMillis time after which an open alert is published again; 0 for never
   */
  public record AlertLife(long keepFiringMillis, long remindMillis) {
    /** Resolves at once and never reminds. */
    public static final AlertLife PLAIN = new AlertLife(0, 0);

    /** Shortest time between two reminders in ms, so that a fleet's alerts do not flood NATS. */
    public static final long REMIND_MIN_MILLIS = 10_000;
  }
}
