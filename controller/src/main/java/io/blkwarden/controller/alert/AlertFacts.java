package io.blkwarden.controller.alert;

import io.blkwarden.controller.alert.AlertEvent.Ending;
import io.blkwarden.controller.attribution.HostAttribution.Finding;
import io.blkwarden.controller.fleet.Metric;
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
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.Printable;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Alert;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What an alert reports about a breach, read once, and its summary.
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
      AlertState.Active state, Alert.State published, @Nullable Ending ending, Instant now) {
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
        summary(state, published, ending, now),
        null,
        null,
        null,
        null,
        null);
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
    Restraint wanted = throttle.wanted(attempts);
    return new Alert.Action(
        policy.mode().wire(),
        lease == null ? null : lease.id(),
        wanted == null ? null : wanted.priorityOrNull(),
        wanted == null ? null : wanted.limitOrNull(),
        policy.then().leaseMillis(),
        lease == null ? List.of() : lease.workers(),
        report.effect(),
        report.before(),
        report.after(),
        note.isEmpty() ? null : note.substring(0, Math.min(NOTE_MAX, note.length())),
        report.neighboursBeforeMs(),
        report.neighboursAfterMs());
  }

  static boolean onlyObserves(DiskPolicy policy) {
    return policy.mode() == Mode.OBSERVE || policy.then().ladder().isEmpty();
  }

  /** A value as alerts report it. */
  public static double rounded(double value) {
    return Math.round(value * 1_000) / 1_000.0;
  }

  private String summary(
      AlertState.Active state, Alert.State published, @Nullable Ending ending, Instant now) {
    String who = Printable.of(domain.name()) + " on " + host;
    String what = diskText();
    return switch (published) {
      case UNKNOWN ->
          "%s: %s; unknown whether %s still exceeds %s."
              .formatted(
                  who,
                  problem.isEmpty() ? "the host stopped reporting" : Printable.of(problem),
                  what,
                  policy.name());
      case RESOLVED ->
          "%s: %s no longer exceeds %s after %s, %s%s."
              .formatted(
                  who,
                  what,
                  policy.name(),
                  duration(Duration.between(state.life().since(), now).toMillis()),
                  (ending == null ? Ending.CLEARED : ending).sentence(),
                  helped());
      case FIRING, HANDLED ->
          state.isKept()
              ? "%s: %s no longer exceeds %s; the alert is kept until that has lasted for %s."
                  .formatted(
                      who, what, policy.name(), duration(policy.then().life().keepFiringMillis()))
              : "%s%s%s; %s.".formatted(who, finding(what), why(), handled(published));
    };
  }

  /** An alert of an earlier leader in another state. */
  static Alert restored(Alert last, Alert.State state, Instant now, @Nullable Ending ending) {
    String whose =
        last.domain() != null
            ? last.domain().name() + " on " + last.host()
            : last.host().equals(HostId.FLEET)
                ? "policy " + last.policy()
                : subject(last.device(), last.host());
    return last.withState(
        state,
        now,
        "%s: %s; the alert was published before this controller took over."
            .formatted(whose, ending == null ? "the host does not report" : ending.sentence()));
  }

  /** The device or host of an alert, such as {@code sda on dom0-7}. */
  public static String subject(@Nullable String device, HostId host) {
    return device == null ? host.value() : Printable.of(device) + " on " + host;
  }

  private String diskText() {
    String role = disk == null ? "" : disk.volume().role().wire() + " ";
    return "its " + role + "disk " + Printable.of(vdev);
  }

  private String finding(String what) {
    return detector
        .finding(value, what, AlertFacts::duration)
        .map(finding -> " " + finding)
        .orElseGet(() -> {
          String lasting = "for " + duration(detector.heldMillis());
          return metric().isTotal()
              ? ": %s %s (%s on %s)".formatted(measured(), lasting, own(), Printable.of(vdev))
              : ": %s on %s %s%s".formatted(measured(), what, lasting, source());
        });
  }

  private Metric metric() {
    return detector.when().metric();
  }

  /** The disk's part of a total, smoothed over 30 s. */
  private String own() {
    Metric metric = metric().ofEachDisk();
    return metric == Metric.IOPS ? "%.0f IOPS".formatted(load) : metric.format(load);
  }

  private String source() {
    Threshold when = detector.when();
    return origin.isEmpty()
        ? ""
        : ", above %s, %s".formatted(when.metric().format(when.above()), origin);
  }

  private String measured() {
    Metric metric = metric();
    String number = metric.format(value);
    return switch (metric) {
      case IOPS -> "%.0f IOPS".formatted(value);
      case READ_IOPS -> "%.0f read IOPS".formatted(value);
      case WRITE_IOPS -> "%.0f write IOPS".formatted(value);
      case NORMALISED_IOPS -> "%.0f normalised IOPS".formatted(value);
      case READ_BYTES -> number + " read";
      case WRITE_BYTES -> number + " written";
      case BYTES -> number;
      case SWAP_IN -> number + " swapped in";
      case SWAP_OUT -> number + " swapped out";
      case SWAP_BYTES -> number + " swapped";
      case SWAP_IOPS -> "%.0f IOPS on all its swap disks".formatted(value);
      case DOMAIN_IOPS -> "%.0f IOPS on all its disks".formatted(value);
      case DOMAIN_BYTES -> number + " on all its disks";
      case DISCARD_BYTES -> number + " discarded";
      case FLUSH_IOPS -> "%.0f flushes/s".formatted(value);
      case DISCARD_IOPS -> "%.0f discards/s".formatted(value);
      default -> metric.id() + " " + number;
    };
  }

  /** Why this disk is the cause, or its share of device time. */
  private String why() {
    Double share = evidence.deviceTimeShare();
    if (blame != null && blame.blamed()) {
      return ", a noisy neighbour: " + blame.sentence();
    }
    if (share == null || disk == null || disk.physical().isEmpty()) {
      return "";
    }
    String names =
        disk.physical().stream()
            .map(PhysicalDevice::name)
            .limit(4)
            .collect(Collectors.joining(", "));
    return ", %.0f%% of the guests' time on %s".formatted(share * 100, names);
  }

  /** What the throttle did for the neighbours; empty unless it worked. */
  private String helped() {
    EffectReport report = throttle.report();
    return report.worked() ? "; throttling it helped: " + report.note() : "";
  }

  private String handled(Alert.State published) {
    if (onlyObserves(policy)) {
      return "the policy only observes"
          + (blame == null || blame.blamed() ? "" : ": " + blame.sentence());
    }
    String reason = ThrottleText.reason(throttle, attempts);
    String note = reason.isEmpty() ? "" : ": " + reason;
    if (published == Alert.State.HANDLED && throttle instanceof ThrottleState.Leased leased) {
      String effect = effect(leased.report()) + note;
      return switch (leased.lease().restraint()) {
        case Restraint.Priority priority -> "set to %s priority%s".formatted(priority, effect);
        case Restraint.Limit(int perSecond) -> "limited to %d IOPS%s".formatted(perSecond, effect);
      };
    }
    return policy.mode() == Mode.SHADOW
        ? "not throttled (shadow mode)" + note
        : "not throttled" + note;
  }

  private static String effect(EffectReport report) {
    return switch (report.effect()) {
      case WORKED -> ", which helped";
      case NO_EFFECT -> ", without effect";
      case HARMED -> ", which harmed";
      case INEFFECTIVE -> ", which its device ignores";
      case UNKNOWN -> ", effect pending";
    };
  }

  /** A time in words. */
  public static String duration(long millis) {
    Duration duration = Duration.ofMillis(millis);
    if (duration.toMinutes() < 2) {
      return Math.max(0, Math.round(millis / 1_000.0)) + " s";
    }
    return duration.toHours() < 2 ? duration.toMinutes() + " min" : duration.toHours() + " h";
  }
}
