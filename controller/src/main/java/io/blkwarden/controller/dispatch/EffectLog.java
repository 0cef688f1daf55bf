package io.blkwarden.controller.dispatch;

import io.blkwarden.commandline.log.LogKeys;
import io.blkwarden.controller.engine.Effect;
import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.controller.throttle.Decision;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.Printable;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the engine's effects, and writes each command, alert and decision to the log {@code
 * blkwarden.decisions}; lines are safe for terminals.
 */
public record EffectLog(ControllerCounters counters) {
  private static final Logger log = LoggerFactory.getLogger(EffectLog.class);
  private static final Logger record = LoggerFactory.getLogger("blkwarden.decisions");

  /** Counts and logs an effect. */
  public void accept(Effect effect) {
    switch (effect) {
      case Effect.SendCommand(Command command) -> {
        counters.commands.increment();
        write(command);
      }
      case Effect.PublishAlert(Alert alert) -> {
        ControllerCounters.increment(counters.alertsByState, alert.state());
        write(alert);
      }
      case Effect.RecordDecision(Decision decision) -> {
        ControllerCounters.increment(counters.decisionsByVerdict, decision.verdict());
        write(decision);
      }
      case Effect.HostProblem each -> write(each);
      case Effect.Failed(HostId host, String what, RuntimeException fault) ->
          log.error("engine: step failed: host={}, {}: {}", host, what, fault.toString(), fault);
      case Effect.RequestMap _ -> counters.snapshots.increment();
      default -> {}
    }
  }

  private static void write(Command command) {
    try (LogKeys keys = new LogKeys()) {
      keys.put("host", command.host()).put("command", command.id());
      switch (command.action()) {
        case CommandAction.Set set ->
            keys.put(set.domain()).put("disk", set.vdev()).put("lease", set.lease());
        case CommandAction.Reset reset -> keys.put("lease", reset.lease());
        case CommandAction.ReleaseAll _, CommandAction.Snapshot _ -> {}
      }
      record.info("{}", line(command));
    }
  }

  private static void write(Effect.HostProblem each) {
    try (LogKeys keys = new LogKeys()) {
      keys.put("host", each.host());
      if (each.problem().isEmpty()) {
        log.info("host={}: problem resolved", each.host());
      } else {
        log.warn("host={}: {}", each.host(), Printable.of(each.problem()));
      }
    }
  }

  private static void write(Alert alert) {
    try (LogKeys keys = new LogKeys()) {
      keys.put("host", alert.host()).put(alert.domain());
      Alert.AlertDisk disk = alert.disk();
      keys.put("disk", disk == null ? null : disk.vdev());
      keys.put("policy", alert.policy()).put("alert", alert.id());
      record.info("{}", line(alert));
    }
  }

  private static void write(Decision decision) {
    try (LogKeys keys = new LogKeys()) {
      keys.put("host", decision.host()).put(decision.domain()).put("disk", decision.vdev());
      keys.put("policy", decision.policy()).put("lease", decision.throttle());
      keys.put("alert", decision.alert()).put("requested_by_key", decision.requestedByKey());
      record.info("{}", line(decision));
    }
  }

  /** Such as {@code act dom0-7 vm176/xvda2 policy=swap-storm iops=812.4: above 200 for 10 s}. */
  private static String line(Decision decision) {
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

  private static String line(Command command) {
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

  private static String line(Alert alert) {
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
