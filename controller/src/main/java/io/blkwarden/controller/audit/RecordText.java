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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Formats alerts, decisions and outcomes as sentences. */
final class RecordText {
  private static final int WORKERS_SHOWN = 8;

  private RecordText() {}

  /** The text of a message; empty if the audit trail omits it. */
  static String of(ControlMessage message) {
    return switch (message) {
      case Alert alert -> of(alert);
      case DecisionNote note -> of(note);
      case Outcome outcome -> of(outcome);
      default -> "";
    };
  }

  private static String of(Alert alert) {
    Alert.Condition condition = alert.condition();
    Alert.Action action = alert.action();
    return "Alert %s (%s, policy %s) is %s: %s [%s %s, above %s for %d s, clear below %s%s]%s"
        .formatted(
            alert.id(),
            alert.severity().wire(),
            alert.policy(),
            alert.state().wire(),
            alert.summary(),
            condition.metric(),
            value(condition.metric(), condition.value()),
            value(condition.metric(), condition.above()),
            condition.forMs() / 1_000,
            value(condition.metric(), condition.clearBelow()),
            evidence(alert.evidence()),
            action == null ? "" : effect(condition.metric(), action));
  }

  private static String evidence(Alert.Evidence evidence) {
    return number(", share of device time ", "device_time_share", evidence.deviceTimeShare())
        + number(", device util ", "device.util", evidence.deviceUtil())
        + number(", device await ", "device.await_ms", evidence.hostAwaitMs())
        + number(", PSI io full ", "host.io_full", evidence.hostIoFull())
        + number(", correlation with neighbours' latency ", "", evidence.correlation())
        + blame(evidence.blame());
  }

  private static String blame(Alert.@Nullable Blame blame) {
    return blame == null
        ? ""
        : ", attribution %s%s%s"
            .formatted(
                blame.verdict(),
                with(" on ", blame.device()),
                number(", confidence ", "", blame.confidence()));
  }

  private static String with(String before, @Nullable Object value) {
    return value == null ? "" : before + value;
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
      case INEFFECTIVE -> " The device does not honour I/O priorities.";
      case UNKNOWN -> "";
    };
  }

  private static String of(DecisionNote note) {
    String who =
        "%s %s".formatted(note.epoch() == null ? "Standby" : "Controller", note.controller());
    String where = where(note.host().value(), note.domain(), note.vdev());
    String did =
        switch (note.verdict()) {
          case ACT -> "decided to throttle";
          case SHADOW -> "would throttle (mode shadow)";
          case REFUSE -> "did not throttle";
          case RELEASE -> "released";
          case EASE -> "eased the throttle of";
          case SKIP -> "took no action on";
          case FORGET -> "removed";
          case REQUEST -> "carried out a request for";
          case OTHER -> "made a decision on";
          case RENEW -> ""; // shown by the host's outcomes
        };
    String key = note.requestedByKey() == null ? "" : " (key %s)".formatted(note.requestedByKey());
    return did.isEmpty()
        ? ""
        : "%s %s %s%s: %s%s%s"
            .formatted(who, did, where, details(note), note.reason(), key, numbers(note.numbers()));
  }

  private static String details(DecisionNote note) {
    String details =
        with(", policy ", note.policy())
            + with(", safety check ", note.guard())
            + with(", throttle ", note.throttle());
    return details.isEmpty() ? "" : " (%s)".formatted(details.substring(2));
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
          case RENEWED -> "remains throttled";
          case RELEASED -> "was released";
          case EXPIRED -> "was released: lease expired";
          case RECOVERED -> "was released after an agent restart";
          case ADOPTED -> "remains throttled after an agent restart";
          case GONE -> "is gone; its throttle ended";
          case REFUSED ->
              "was not changed: refused by the agent"
                  + (outcome.refusal() == null ? "" : ", check " + outcome.refusal().wire());
          case FAILED -> "was not changed: kernel error";
          case DONE -> "carried out the command";
        };
    return "%s %s%s: %s%s"
        .formatted(where, did, lease, outcome.detail(), workers(outcome.workers()));
  }

  private static String workers(List<Outcome.WorkerChange> workers) {
    String shown =
        workers.stream()
            .limit(WORKERS_SHOWN)
            .map(each ->
                "%s[%d] %s to %s"
                    .formatted(
                        each.comm(), each.pid(), priority(each.before()), priority(each.after())))
            .collect(Collectors.joining(", "));
    int more = workers.size() - WORKERS_SHOWN;
    return shown.isEmpty()
        ? ""
        : " [%s%s]".formatted(shown, more > 0 ? " and %d more".formatted(more) : "");
  }

  private static String priority(@Nullable IoPriority priority) {
    return priority == null ? "unknown" : priority.toString();
  }

  /** The text for the renewals of a throttle. */
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
