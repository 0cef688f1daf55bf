package io.blkwarden.controller.alert;

import io.blkwarden.controller.alert.AlertEvent.Ending;
import io.blkwarden.controller.attribution.HostAttribution.Finding;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.controller.throttle.EffectReport;
import io.blkwarden.controller.throttle.ThrottleState;
import io.blkwarden.controller.throttle.ThrottleText;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.Printable;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.message.Alert;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The summary of an alert. */
record AlertText(AlertFacts facts, AlertState.Active state, Instant now) {
  String of(Alert.State published, @Nullable Ending ending) {
    String who = Printable.of(facts.domain().name()) + " on " + facts.host();
    String policy = facts.policy().name();
    String what = disk();
    return switch (published) {
      case UNKNOWN ->
          "%s: %s; unknown whether %s still exceeds %s."
              .formatted(
                  who,
                  facts.problem().isEmpty()
                      ? "the host stopped reporting"
                      : Printable.of(facts.problem()),
                  what,
                  policy);
      case RESOLVED ->
          "%s: %s no longer exceeds %s after %s, %s%s."
              .formatted(
                  who,
                  what,
                  policy,
                  duration(Duration.between(state.life().since(), now).toMillis()),
                  (ending == null ? Ending.CLEARED : ending).sentence(),
                  helped());
      case FIRING, HANDLED ->
          state.isKept()
              ? "%s: %s no longer exceeds %s; the alert is kept until that has lasted for %s."
                  .formatted(
                      who, what, policy, duration(facts.policy().then().life().keepFiringMillis()))
              : "%s %s%s; %s.".formatted(who, finding(what), why(), handled(published));
    };
  }

  /** An alert of an earlier leader in another state. */
  static Alert restored(Alert last, Alert.State state, Instant now, @Nullable Ending ending) {
    String whose =
        last.domain() == null
            ? "policy " + last.policy()
            : last.domain().name() + " on " + last.host();
    return last.withState(
        state,
        now,
        "%s: %s; the alert was published before this controller took over."
            .formatted(whose, ending == null ? "the host does not report" : ending.sentence()));
  }

  private String disk() {
    String role = facts.disk() == null ? "" : facts.disk().volume().role().wire() + " ";
    return "its " + role + "disk " + Printable.of(facts.vdev());
  }

  private String finding(String what) {
    return facts
        .detector()
        .finding(facts.value(), what, AlertText::duration)
        .orElseGet(() -> {
          String lasting = "for " + duration(facts.detector().heldMillis());
          return metric().isTotal()
              ? "has %s %s, %s of them on %s".formatted(done(), lasting, own(), what)
              : "has %s on %s %s%s".formatted(done(), what, lasting, origin());
        });
  }

  private Metric metric() {
    return facts.detector().when().metric();
  }

  /** The disk's share of a total. */
  private String own() {
    Metric metric = metric().ofEachDisk();
    return metric == Metric.IOPS ? "%.0f".formatted(facts.load()) : metric.format(facts.load());
  }

  private String origin() {
    Threshold when = facts.detector().when();
    return facts.origin().isEmpty()
        ? ""
        : ", above %s, %s".formatted(when.metric().format(when.above()), facts.origin());
  }

  private String done() {
    Metric metric = metric();
    double value = facts.value();
    boolean swap = facts.disk() != null && facts.disk().volume().role() == VolumeRole.SWAP;
    return switch (metric) {
      case IOPS -> (swap ? "swapped" : "done") + " %.0f I/O per s".formatted(value);
      case READ_IOPS -> "done %.0f reads per s".formatted(value);
      case WRITE_IOPS -> "done %.0f writes per s".formatted(value);
      case READ_BYTES -> "read " + metric.format(value);
      case WRITE_BYTES -> "written " + metric.format(value);
      case BYTES -> "moved " + metric.format(value);
      case SWAP_IN -> "swapped in " + metric.format(value);
      case SWAP_OUT -> "swapped out " + metric.format(value);
      case SWAP_BYTES -> "swapped " + metric.format(value);
      case SWAP_IOPS -> "swapped %.0f I/O per s on all its swap disks".formatted(value);
      case DOMAIN_IOPS -> "done %.0f I/O per s on all its disks".formatted(value);
      case DOMAIN_BYTES -> "moved %s on all its disks".formatted(metric.format(value));
      case DISCARD_BYTES -> "discarded " + metric.format(value);
      case FLUSH_IOPS -> "done %.0f flushes per s".formatted(value);
      case DISCARD_IOPS -> "done %.0f discards per s".formatted(value);
      default -> "had " + metric.id() + " at " + metric.format(value);
    };
  }

  /** Why this disk is the cause, or its share of device time. */
  private String why() {
    Finding blame = facts.blame();
    Double share = facts.evidence().deviceTimeShare();
    if (blame != null && blame.blamed()) {
      return " and hurts the others: " + blame.sentence();
    }
    if (share == null || facts.disk() == null || facts.disk().physical().isEmpty()) {
      return "";
    }
    String names =
        facts.disk().physical().stream()
            .map(PhysicalDevice::name)
            .limit(4)
            .collect(Collectors.joining(", "));
    return " and takes %.0f%% of the guests' time on %s".formatted(share * 100, names);
  }

  /** What the throttle did for the neighbours; empty unless it worked. */
  private String helped() {
    EffectReport report = facts.throttle().report();
    return report.worked() ? "; throttling it helped: " + report.note() : "";
  }

  private String handled(Alert.State published) {
    if (AlertFacts.onlyObserves(facts.policy())) {
      Finding blame = facts.blame();
      return "the policy only observes"
          + (blame == null || blame.blamed() ? "" : ": " + blame.sentence());
    }
    String reason = ThrottleText.reason(facts.throttle(), facts.attempts());
    String note = reason.isEmpty() ? "" : ": " + reason;
    if (published == Alert.State.HANDLED
        && facts.throttle() instanceof ThrottleState.Leased leased) {
      String effect = effect(leased.report()) + note;
      return switch (leased.lease().restraint()) {
        case Restraint.Priority priority ->
            "it was set to %s priority%s".formatted(priority, effect);
        case Restraint.Limit(int perSecond) ->
            "it was limited to %d I/O per s%s".formatted(perSecond, effect);
      };
    }
    return facts.policy().mode() == Mode.SHADOW
        ? "not throttled (shadow mode)" + note
        : "it is not throttled" + note;
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

  private static String duration(long millis) {
    Duration duration = Duration.ofMillis(millis);
    if (duration.toMinutes() < 2) {
      return Math.max(0, Math.round(millis / 1_000.0)) + " s";
    }
    return duration.toHours() < 2 ? duration.toMinutes() + " min" : duration.toHours() + " h";
  }
}
