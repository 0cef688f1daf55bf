package io.blkwarden.controller.dispatch;

import io.blkwarden.controller.throttle.Decision;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.Printable;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Formats commands, alerts and decisions as log lines, safe for terminals. */
final class DecisionLine {
  private DecisionLine() {}

  /** Such as {@code act dom0-7 vm176/xvda2 policy=swap-storm iops=812.4: above 200 for 10 s}. */
  static String of(Decision decision) {
    StringBuilder line = new StringBuilder(decision.verdict().wire());
    DomainRef domain = decision.domain();
    append(line, " ", decision.host());
    append(line, " ", domain == null ? null : domain.name());
    append(line, "/", decision.vdev());
    append(line, " policy=", decision.policy());
    append(line, " throttle=", decision.throttle());
    append(line, " key=", decision.requestedByKey());
    decision
        .numbers()
        .forEach((name, value) ->
            line.append(' ')
                .append(Printable.of(name))
                .append('=')
                .append(String.format(Locale.ROOT, "%.4g", value)));
    return line.append(": ").append(Printable.of(decision.reason())).toString();
  }

  private static void append(StringBuilder line, String label, @Nullable Object value) {
    if (value != null) {
      line.append(label).append(Printable.of(value.toString()));
    }
  }

  static String of(Command command) {
    String what =
        switch (command.action()) {
          case CommandAction.Set set ->
              "set %s/%s to %s for %d ms, lease %s"
                  .formatted(
                      set.domain().name(), set.vdev(), set.restraint(), set.leaseMs(), set.lease());
          case CommandAction.Reset reset -> "release lease " + reset.lease();
          case CommandAction.ReleaseAll _ -> "release all leases";
          case CommandAction.Snapshot _ -> "send the mapping";
        };
    return Printable.of(
        "command %s to %s: %s (%s)"
            .formatted(command.id(), command.host(), what, command.reason()));
  }

  static String of(Alert alert) {
    return Printable.of(
        "alert %s %s %s %s: %s"
            .formatted(
                alert.id(),
                alert.state().wire(),
                alert.severity().wire(),
                alert.policy(),
                alert.summary()));
  }
}
