package io.blkwarden.controller.alert;

import io.blkwarden.controller.attribution.HostAttribution.Finding;
import io.blkwarden.controller.policy.Detector;
import io.blkwarden.controller.policy.DiskPolicy;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.controller.throttle.Attempts;
import io.blkwarden.controller.throttle.EffectReport;
import io.blkwarden.controller.throttle.Lease;
import io.blkwarden.controller.throttle.ThrottleState;
import io.blkwarden.controller.throttle.ThrottleText;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.message.Alert;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an alert reports about a breach, read once.
 *
 * @param problem why the host cannot be evaluated; empty when it can
 * @param vdev virtual device
 * @param disk the disk in the host's map; absent when it is gone
 * @param value the last known value of the policy's metric
 * @param load the disk's share of a total
 * @param origin where the threshold comes from; empty when the policy sets it
 * @param blame the attribution; absent when the policy uses none
 */
public record AlertFacts(
    HostId host,
    String problem,
    DomainRef domain,
    String vdev,
    @Nullable MappedDisk disk,
    DiskPolicy policy,
    Detector detector,
    double value,
    double load,
    String origin,
    Alert.Evidence evidence,
    @Nullable Finding blame,
    ThrottleState throttle,
    Attempts attempts) {
  private static final int NOTE_MAX = 1_000;

  /** The alert to publish. */
  public Alert message(
      AlertState.Active state,
      Alert.State published,
      AlertEvent.@Nullable Ending ending,
      Instant now) {
    Threshold when = detector.when();
    return new Alert(
        state.life().id(),
        state.life().incident(),
        published,
        policy.then().severity(),
        policy.name(),
        host,
        domain,
        disk == null
            ? null
            : new Alert.AlertDisk(
                vdev, disk.volume().path(), disk.volume().role(), disk.volume().device()),
        state.life().since(),
        now,
        new Alert.Condition(
            when.metric().id(), rounded(value), when.above(), when.forMillis(), when.clearBelow()),
        evidence,
        action(policy, throttle, attempts),
        new AlertText(this, state, now).of(published, ending));
  }

  /** The action of an alert; absent for a policy that only observes. */
  public static Alert.@Nullable Action action(
      DiskPolicy policy, ThrottleState throttle, Attempts attempts) {
    if (onlyObserves(policy)) {
      return null;
    }
    Lease lease = throttle instanceof ThrottleState.Leased leased ? leased.lease() : null;
    EffectReport report = throttle.report();
    String note = ThrottleText.note(throttle, attempts);
    return new Alert.Action(
        policy.mode().wire(),
        lease == null ? null : lease.id(),
        throttle.wanted(attempts),
        policy.then().leaseMillis(),
        lease == null ? List.of() : lease.workers(),
        report.effect(),
        report.before(),
        report.after(),
        note.isEmpty() ? null : note.substring(0, Math.min(NOTE_MAX, note.length())));
  }

  static boolean onlyObserves(DiskPolicy policy) {
    return policy.mode() == Mode.OBSERVE || policy.then().ladder().isEmpty();
  }

  /** A value as alerts report it. */
  public static double rounded(double value) {
    return Math.round(value * 1_000) / 1_000.0;
  }
}
