package io.blkwarden.controller.audit;

import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.DecisionNote;
import io.blkwarden.model.message.Outcome;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What messages say, in plain sentences. */
final class RecordText {
  private static final int WORKERS_SHOWN = 8;

  private RecordText() {}

  /** The sentence of a message; empty when the story goes on without it. */
  static String of(ControlMessage message) {
    return switch (message) {
      case Alert alert -> of(alert);
      case DecisionNote note -> of(note);
      case Outcome outcome -> of(outcome);
      default -> "";
    };
  }

  private static String of(Alert alert) {
    StringBuilder text = new StringBuilder();
    text.append(
        "Alert %s (%s, policy %s) is %s: %s"
            .formatted(
                alert.id(),
                alert.severity().wire(),
                alert.policy(),
                alert.state().wire(),
                alert.summary()));
    Alert.Condition condition = alert.condition();
    text.append(
        " [%s %s, above %s for %d s, clear below %s%s]"
            .formatted(
                condition.metric(),
                value(condition.metric(), condition.value()),
                value(condition.metric(), condition.above()),
                condition.forMs() / 1_000,
                value(condition.metric(), condition.clearBelow()),
                evidence(alert.evidence())));
    Alert.Action action = alert.action();
    if (action != null) {
      text.append(effect(condition.metric(), action));
    }
    return text.toString();
  }

  private static String evidence(Alert.Evidence evidence) {
    return number(", share of the device's time ", "device_time_share", evidence.deviceTimeShare())
        + number(", device busy ", "device.util", evidence.deviceUtil())
        + number(", I/O wait on the device ", "device.await_ms", evidence.hostAwaitMs())
        + number(", all of dom0 waiting ", "host.io_full", evidence.hostIoFull())
        + number(", correlation with its neighbours' waiting ", "", evidence.correlation())
        + blame(evidence.blame());
  }

  private static String blame(Alert.@Nullable Blame blame) {
    return blame == null
        ? ""
        : ", blame %s%s%s"
            .formatted(
                blame.verdict(),
                blame.device() == null ? "" : " on " + blame.device(),
                number(" with confidence ", "", blame.confidence()));
  }

  private static String number(String before, String metric, @Nullable Double value) {
    return value == null ? "" : before + value(metric, value);
  }

  private static String effect(String metric, Alert.Action action) {
    String numbers =
        action.before() == null || action.after() == null
            ? ""
            : ": %s went from %s to %s"
                .formatted(metric, value(metric, action.before()), value(metric, action.after()));
    return switch (action.effect()) {
      case WORKED -> " The throttle worked" + numbers + ".";
      case NO_EFFECT -> " The throttle had no effect" + numbers + ".";
      case HARMED -> " The throttle harmed" + numbers + ".";
      case INEFFECTIVE -> " This device ignores what could be set.";
      case UNKNOWN -> "";
    };
  }

  private static String of(DecisionNote note) {
    String who =
        "Controller %s%s".formatted(note.controller(), note.epoch() == null ? ", watching," : "");
    String where = where(note.host().value(), note.domain(), note.vdev());
    String rule = note.policy() == null ? "" : " by policy " + note.policy();
    String lease = note.throttle() == null ? "" : ", throttle " + note.throttle();
    String did =
        switch (note.verdict()) {
          case ACT -> "decided to throttle %s%s%s".formatted(where, rule, lease);
          case SHADOW ->
              "would throttle %s%s, but only shadows: nothing was done".formatted(where, rule);
          case REFUSE ->
              "was held back%s from throttling %s%s".formatted(guard(note.guard()), where, rule);
          case RELEASE -> "released %s%s%s".formatted(where, rule, lease);
          case EASE -> "let go of %s by a step%s%s".formatted(where, rule, lease);
          case SKIP -> "did nothing about %s for now%s%s".formatted(where, rule, lease);
          case FORGET -> "forgot %s".formatted(where);
          case REQUEST -> "carried out a request about %s%s".formatted(where, rule);
          case OTHER -> "decided something about %s%s%s".formatted(where, rule, lease);
          case RENEW -> ""; // the host's outcomes tell of it
        };
    return did.isEmpty()
        ? ""
        : "%s %s: %s%s%s"
            .formatted(
                who,
                did,
                note.reason(),
                note.requestedByKey() == null ? "" : " (key %s)".formatted(note.requestedByKey()),
                numbers(note.numbers()));
  }

  private static String guard(@Nullable String guard) {
    return guard == null ? "" : " by the guard '%s'".formatted(guard);
  }

  private static String where(String host, @Nullable DomainRef domain, @Nullable String vdev) {
    return domain == null
        ? host
        : "%s%s on %s".formatted(domain.name(), vdev == null ? "" : "/" + vdev, host);
  }

  private static String numbers(Map<String, Double> numbers) {
    return numbers.isEmpty()
        ? ""
        : numbers.entrySet().stream()
            .map(each -> each.getKey() + " " + value(each.getKey(), each.getValue()))
            .collect(Collectors.joining(", ", " [", "]"));
  }

  private static String of(Outcome outcome) {
    String where = where(outcome.host().value(), outcome.domain(), outcome.vdev());
    String lease = outcome.lease() == null ? "" : " (throttle %s)".formatted(outcome.lease());
    String did =
        switch (outcome.result()) {
          case APPLIED -> "was throttled";
          case RENEWED -> "stays throttled";
          case RELEASED -> "was released";
          case EXPIRED -> "was released, for its lease ended";
          case RECOVERED -> "was released by its agent, which found it after a restart";
          case ADOPTED -> "stays throttled over a restart of its agent";
          case GONE -> "is gone, and its throttle with it";
          case REFUSED ->
              "was not touched: its agent refused%s"
                  .formatted(
                      outcome.refusal() == null
                          ? ""
                          : " by its guard '%s'".formatted(outcome.refusal().wire()));
          case FAILED -> "was not changed: the kernel refused";
          case DONE -> "did what was asked";
        };
    return "%s %s%s: %s%s"
        .formatted(where, did, lease, outcome.detail(), workers(outcome.workers()));
  }

  private static String workers(List<Outcome.WorkerChange> workers) {
    if (workers.isEmpty()) {
      return "";
    }
    List<String> shown = new ArrayList<>();
    for (Outcome.WorkerChange each : workers.stream().limit(WORKERS_SHOWN).toList()) {
      shown.add(
          "%s[%d] %s to %s"
              .formatted(each.comm(), each.pid(), priority(each.before()), priority(each.after())));
    }
    int more = workers.size() - shown.size();
    return " [%s%s]"
        .formatted(String.join(", ", shown), more > 0 ? " and %d more".formatted(more) : "");
  }

  private static String priority(@Nullable IoPriority priority) {
    return priority == null ? "unknown" : priority.toString();
  }

  /** What renewals come to. */
  static String renewed(MessageId lease, int times, Instant last) {
    return "Throttle %s was renewed %s."
        .formatted(
            lease,
            times == 1
                ? "once"
                : "%d times, last at %s".formatted(times, last.truncatedTo(ChronoUnit.SECONDS)));
  }

  private static String value(String metric, double value) {
    return Metric.byId(metric)
        .map(known -> known.format(value))
        .orElseGet(() -> String.format(Locale.ROOT, "%.4g", value));
  }
}
