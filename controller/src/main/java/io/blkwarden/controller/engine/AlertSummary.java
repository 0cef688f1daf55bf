package io.blkwarden.controller.engine;

import io.blkwarden.controller.attribution.HostAttribution;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.Detector;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.controller.throttle.EffectReport;
import io.blkwarden.controller.throttle.ThrottleState;
import io.blkwarden.controller.throttle.ThrottleText;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.Printable;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.message.Alert;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The summary of an alert. */
final class AlertSummary {
  private AlertSummary() {}

  static String of(
      HostTracker tracker,
      Evaluation evaluation,
      Breach breach,
      Alert.State state,
      Alert.Evidence evidence,
      AlertPublisher.@Nullable Ending ending,
      Instant now) {
    MappedDisk disk =
        evaluation.row < tracker.state.rows() ? tracker.state.disk(evaluation.row) : null;
    String who = Printable.of(evaluation.domain.name()) + " on " + tracker.host();
    String what = disk(evaluation, disk);
    String lasted = duration(Duration.between(breach.since, now).toMillis());
    return switch (state) {
      case UNKNOWN ->
          "%s: %s; unknown whether %s still exceeds %s."
              .formatted(
                  who,
                  tracker.problem.isEmpty()
                      ? "the host stopped reporting"
                      : Printable.of(tracker.problem),
                  what,
                  evaluation.policy.name());
      case RESOLVED ->
          "%s: %s no longer exceeds %s after %s, %s%s."
              .formatted(
                  who,
                  what,
                  evaluation.policy.name(),
                  lasted,
                  ending == null ? "the condition is over" : ending.sentence(),
                  helped(breach));
      case FIRING, HANDLED ->
          breach.calm
              ? "%s: %s no longer exceeds %s; the alert is kept until that has lasted for %s."
                  .formatted(
                      who,
                      what,
                      evaluation.policy.name(),
                      duration(evaluation.policy.then().life().keepFiringMillis()))
              : "%s %s%s; %s."
                  .formatted(
                      who,
                      finding(evaluation, disk, what),
                      why(tracker, evaluation).orElseGet(() -> share(evidence, disk)),
                      handled(tracker, evaluation, breach, state));
    };
  }

  private static String disk(Evaluation evaluation, @Nullable MappedDisk disk) {
    String role = disk == null ? "" : disk.volume().role().wire() + " ";
    return "its " + role + "disk " + Printable.of(evaluation.disk.vdev());
  }

  private static String finding(Evaluation evaluation, @Nullable MappedDisk disk, String what) {
    Detector detector = evaluation.detector;
    return detector
        .finding(evaluation.value, what, AlertSummary::duration)
        .orElseGet(() -> {
          String lasting = "for " + duration(detector.heldMillis());
          return detector.when().metric().isTotal()
              ? "has %s %s, %s of them on %s"
                  .formatted(done(evaluation, disk), lasting, own(evaluation), what)
              : "has %s on %s %s%s"
                  .formatted(done(evaluation, disk), what, lasting, origin(evaluation));
        });
  }

  /** The disk's share of a total. */
  private static String own(Evaluation evaluation) {
    Metric metric = evaluation.detector.when().metric().ofEachDisk();
    return metric == Metric.IOPS
        ? "%.0f".formatted(evaluation.load)
        : metric.format(evaluation.load);
  }

  private static String origin(Evaluation evaluation) {
    Threshold when = evaluation.detector.when();
    return evaluation.origin.isEmpty()
        ? ""
        : ", above %s, %s".formatted(when.metric().format(when.above()), evaluation.origin);
  }

  private static String done(Evaluation evaluation, @Nullable MappedDisk disk) {
    Metric metric = evaluation.detector.when().metric();
    double value = evaluation.value;
    boolean swap = disk != null && disk.volume().role() == VolumeRole.SWAP;
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
      case AWAIT,
          READ_AWAIT,
          WRITE_AWAIT,
          OUT_OF_REQUESTS,
          UTIL,
          IN_FLIGHT,
          DEVICE_TIME_SHARE,
          DEVICE_UTIL,
          DEVICE_AWAIT,
          DEVICE_IOPS,
          DEVICE_IN_FLIGHT,
          DEVICE_LAGGARDS,
          HOST_IO_SOME,
          HOST_IO_FULL ->
          "had " + metric.id() + " at " + metric.format(value);
    };
  }

  /** Why this disk is the cause; empty when it is not, or when its policy has no attribution. */
  private static Optional<String> why(HostTracker tracker, Evaluation evaluation) {
    return tracker
        .attributions
        .of(tracker, evaluation)
        .filter(HostAttribution.Finding::blamed)
        .map(finding -> " and hurts the others: " + finding.sentence());
  }

  private static String unblamed(HostTracker tracker, Evaluation evaluation) {
    return tracker
        .attributions
        .of(tracker, evaluation)
        .filter(finding -> !finding.blamed())
        .map(finding -> ": " + finding.sentence())
        .orElse("");
  }

  private static String share(Alert.Evidence evidence, @Nullable MappedDisk disk) {
    Double share = evidence.deviceTimeShare();
    if (share == null || disk == null || disk.physical().isEmpty()) {
      return "";
    }
    String names =
        disk.physical().stream()
            .map(PhysicalDevice::name)
            .limit(4)
            .collect(Collectors.joining(", "));
    return " and takes %.0f%% of the guests' time on %s".formatted(share * 100, names);
  }

  /** What the throttle did for the neighbours; empty unless it worked. */
  private static String helped(Breach breach) {
    EffectReport report = breach.throttle.state.report();
    return report.worked() ? "; throttling it helped: " + report.note() : "";
  }

  private static String handled(
      HostTracker tracker, Evaluation evaluation, Breach breach, Alert.State state) {
    if (evaluation.policy.mode() == Mode.OBSERVE || evaluation.policy.then().ladder().isEmpty()) {
      return "the policy only observes" + unblamed(tracker, evaluation);
    }
    ThrottleState throttle = breach.throttle.state;
    String reason = ThrottleText.reason(throttle, breach.throttle.attempts);
    String note = reason.isEmpty() ? "" : ": " + reason;
    if (state == Alert.State.HANDLED && throttle instanceof ThrottleState.Leased held) {
      String effect = effect(held.report()) + note;
      return switch (held.lease().restraint()) {
        case Restraint.Priority priority ->
            "it was set to %s priority%s".formatted(priority, effect);
        case Restraint.Limit(int perSecond) ->
            "it was limited to %d I/O per s%s".formatted(perSecond, effect);
      };
    }
    return evaluation.policy.mode() == Mode.SHADOW
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
