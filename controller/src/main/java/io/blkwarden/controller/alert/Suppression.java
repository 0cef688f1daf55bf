package io.blkwarden.controller.alert;

import io.blkwarden.controller.silence.OperatorState;
import io.blkwarden.model.HostId;
import io.blkwarden.model.message.Ack;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Silence;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What suppresses the notifications of alerts.
 *
 * <p>A silence or an acknowledgement applies to the alerts that it matches. An alert below critical
 * is suppressed while it is handled. An open fleet alert suppresses those of its policy's hosts
 * that are no more severe.
 *
 * @param inhibitors the open fleet alerts
 */
public record Suppression(OperatorState operators, List<Inhibitor> inhibitors, Instant now) {
  /**
   * An open alert about the fleet.
   *
   * @param covers the hosts that it is about
   */
  public record Inhibitor(Alert alert, Predicate<HostId> covers) {}

  /** The alert with its marks. */
  public Alert mark(Alert alert) {
    return alert.withSuppression(
        operators.silencing(alert, now).map(Silence::id).orElse(null),
        operators.acknowledging(alert, now).map(Ack::by).orElse(null),
        inhibitor(alert));
  }

  private @Nullable String inhibitor(Alert alert) {
    if (alert.state() == Alert.State.RESOLVED || alert.host().equals(HostId.FLEET)) {
      return null;
    }
    boolean handled =
        alert.state() == Alert.State.HANDLED && alert.severity() != Alert.Severity.CRITICAL;
    return inhibitors.stream()
        .filter(each -> alert.severity().compareTo(each.alert.severity()) <= 0)
        .filter(each -> each.covers.test(alert.host()))
        .map(each -> each.alert.id().value())
        .findFirst()
        .orElse(handled ? "handled" : null);
  }
}
