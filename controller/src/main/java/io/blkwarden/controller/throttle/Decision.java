package io.blkwarden.controller.throttle;

import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.OperatorKey;
import io.blkwarden.model.Require;
import io.blkwarden.model.WireName;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A decision about a disk, a host or the fleet, with its reason; refusals are decisions, too.
 *
 * @param at wall clock of the controller
 * @param host where; {@code _fleet} for the whole fleet
 * @param domain whose disk; absent when no disk is concerned
 * @param vdev which disk; absent when none is
 * @param policy which policy; absent for an operator's request
 * @param verdict what was decided
 * @param throttle the lease concerned; absent when there is none
 * @param reason why, in a sentence; 1 to 1000 characters
 * @param numbers what was measured, by name, in name order; at most 32
 * @param alert the alert about it; absent when there is none
 * @param guard the safety check that refused; absent when none did
 * @param requestedByKey NKey of the user who requested it; absent when none did
 */
public record Decision(
    Instant at,
    HostId host,
    @Nullable DomainRef domain,
    @Nullable String vdev,
    @Nullable String policy,
    Verdict verdict,
    @Nullable MessageId throttle,
    String reason,
    Map<String, Double> numbers,
    @Nullable MessageId alert,
    @Nullable String guard,
    @Nullable OperatorKey requestedByKey) {
  private static final int REASON_MAX = 1_000;

  public Decision {
    Require.optionalText(vdev, 64, "vdev");
    Require.optionalText(policy, 100, "policy");
    reason = reason.length() > REASON_MAX ? reason.substring(0, REASON_MAX) : reason;
    Require.text(reason, REASON_MAX, "reason");
    Require.within(numbers.size(), 0, 32, "numbers (count)");
    numbers = Collections.unmodifiableMap(new TreeMap<>(numbers));
    Require.optionalText(guard, 64, "guard");
  }

  /** A decision without an alert and without a safety check. */
  public Decision(
      Instant at,
      HostId host,
      @Nullable DomainRef domain,
      @Nullable String vdev,
      @Nullable String policy,
      Verdict verdict,
      @Nullable MessageId throttle,
      String reason,
      Map<String, Double> numbers) {
    this(at, host, domain, vdev, policy, verdict, throttle, reason, numbers, null, null, null);
  }

  /** A decision about the whole fleet. */
  public static Decision ofFleet(
      Instant at, Verdict verdict, String reason, Map<String, Double> numbers) {
    return new Decision(at, HostId.FLEET, null, null, null, verdict, null, reason, numbers);
  }

  /** The same, with its alert. */
  public Decision withAlert(@Nullable MessageId id) {
    return with(id, guard, requestedByKey);
  }

  /** The same, with the safety check that refused. */
  public Decision refusedBy(String kind) {
    return with(alert, kind, requestedByKey);
  }

  /** The same, with the user who requested it; no key for none. */
  public Decision requestedBy(@Nullable OperatorKey key) {
    return with(alert, guard, key);
  }

  private Decision with(
      @Nullable MessageId newAlert, @Nullable String check, @Nullable OperatorKey key) {
    return new Decision(
        at, host, domain, vdev, policy, verdict, throttle, reason, numbers, newAlert, check, key);
  }

  /** What was decided. */
  public enum Verdict implements WireName {
    /** A throttle is requested. */
    ACT,
    /** It would be, in another mode than shadow. */
    SHADOW,
    /** A safety check refused. */
    REFUSE,
    /** A throttle is ended. */
    RELEASE,
    /** A throttle goes down one step of its ladder. */
    EASE,
    /** A throttle is renewed. */
    RENEW,
    /** Nothing is done for now. */
    SKIP,
    /** A host is removed. */
    FORGET,
    /** An operator's silence, acknowledgement, pause or answer to a proposal was carried out. */
    REQUEST
  }
}
