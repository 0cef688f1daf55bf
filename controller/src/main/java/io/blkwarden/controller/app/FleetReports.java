package io.blkwarden.controller.app;

import io.blkwarden.controller.dispatch.OperatorMailbox;
import io.blkwarden.controller.engine.FleetEngine;
import io.blkwarden.controller.http.FleetView;
import io.blkwarden.controller.http.Readiness;
import io.blkwarden.controller.ingest.EngineInput;
import io.blkwarden.controller.policy.Glob;
import io.blkwarden.controller.snapshot.DeviceSnapshot;
import io.blkwarden.controller.snapshot.FleetSnapshot;
import io.blkwarden.controller.snapshot.HostSnapshot;
import io.blkwarden.controller.snapshot.ThrottleSnapshot;
import io.blkwarden.model.HostId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.FleetReport;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorRequest;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * Answers {@code operator.fleet}: takes a snapshot between two inputs of the engine, and makes the
 * report from it on another thread.
 */
record FleetReports(
    String instance,
    FleetEngine engine,
    FleetView view,
    Supplier<Readiness> readiness,
    OperatorMailbox mailbox,
    Scheduler scheduler) {
  private static final Logger log = LoggerFactory.getLogger(FleetReports.class);

  /** The query that answers a request. */
  EngineInput.Query query(long correlation, OperatorRequest.Fleet ask) {
    return new EngineInput.Query(() -> {
      try {
        FleetSnapshot snapshot = engine.snapshot(FleetSnapshot.Parts.busiest(0));
        Disposable _ = scheduler.schedule(() -> answer(correlation, ask, snapshot));
      } catch (RuntimeException e) {
        failed(correlation, e);
      }
    });
  }

  private void answer(long correlation, OperatorRequest.Fleet ask, FleetSnapshot snapshot) {
    try {
      mailbox.answer(correlation, new OperatorReply(report(ask.host(), snapshot)));
    } catch (RuntimeException e) {
      failed(correlation, e);
    }
  }

  private void failed(long correlation, RuntimeException e) {
    log.error("fleet report failed: {}", e.toString(), e);
    mailbox.fail(correlation, "internal error: see the controller's log");
  }

  private FleetReport report(@Nullable String pattern, FleetSnapshot snapshot) {
    Predicate<HostId> wanted =
        pattern == null ? _ -> true : host -> new Glob(pattern).matches(host.value());
    Map<String, String> problems = new HashMap<>();
    view.hosts().stream()
        .filter(host -> host.problem() != null)
        .forEach(host -> problems.put(host.host(), String.valueOf(host.problem())));
    List<FleetReport.Host> hosts =
        snapshot.hosts().stream()
            .filter(host -> wanted.test(host.host()))
            .map(host -> host(host, problems.get(host.host().value())))
            .sorted(
                Comparator.comparing((FleetReport.Host host) -> !host.needsAttention())
                    .thenComparing(FleetReport.Host::host))
            .toList();
    List<FleetReport.Throttle> throttles =
        snapshot.throttles().stream()
            .filter(each -> wanted.test(each.host()))
            .map(FleetReports::throttle)
            .toList();
    List<Alert> alerts =
        view.alerts().stream()
            .filter(alert -> alert.state() != Alert.State.RESOLVED && wanted.test(alert.host()))
            .sorted(Comparator.comparing(Alert::severity).reversed().thenComparing(Alert::since))
            .toList();
    Readiness now = readiness.get();
    return new FleetReport(
        instance,
        snapshot.at(),
        view.policies().policies().size(),
        view.operatorState().pause().orElse(null),
        snapshot.proposals().size(),
        Stream.concat(now.blockers().stream(), now.warnings().stream())
            .limit(FleetReport.PROBLEMS_MAX)
            .map(FleetReports::cut)
            .toList(),
        hosts.size(),
        hosts.stream().limit(FleetReport.HOSTS_MAX).toList(),
        pattern == null ? snapshot.throttlesInAll() : throttles.size(),
        throttles.stream().limit(FleetReport.THROTTLES_MAX).toList(),
        alerts.size(),
        alerts.stream().limit(FleetReport.ALERTS_MAX).map(FleetReports::alert).toList());
  }

  private FleetReport.Host host(HostSnapshot host, @Nullable String problem) {
    Heartbeat beat = view.heartbeat(host.host()).orElse(null);
    DeviceSnapshot busiest =
        host.devices().stream()
            .filter(device -> device.util() != null)
            .max(Comparator.comparingDouble(FleetReports::util))
            .orElse(null);
    return new FleetReport.Host(
        host.host(),
        host.state().name().toLowerCase(Locale.ROOT),
        beat == null ? null : beat.at(),
        beat == null ? null : beat.version(),
        beat != null && beat.acting(),
        host.disks(),
        view.unresolved(host.host()),
        host.breaches(),
        host.throttles(),
        host.ioFull(),
        busiest == null ? null : busiest.name(),
        busiest == null ? null : busiest.util(),
        busiest == null ? null : busiest.awaitMs(),
        problem == null ? null : cut(problem));
  }

  private static double util(DeviceSnapshot device) {
    Double util = device.util();
    return util == null ? -1 : util;
  }

  private static FleetReport.Throttle throttle(ThrottleSnapshot each) {
    return new FleetReport.Throttle(
        each.host(),
        each.domain(),
        each.vdev(),
        each.lease(),
        each.restraint(),
        each.stage(),
        each.policy(),
        each.person(),
        cut(each.reason()),
        each.ends(),
        each.alert(),
        each.effect() == null ? null : each.effect().wire());
  }

  private static FleetReport.OpenAlert alert(Alert alert) {
    return new FleetReport.OpenAlert(
        alert.id(),
        alert.incident(),
        alert.state(),
        alert.severity(),
        alert.policy(),
        alert.host(),
        alert.domain(),
        alert.disk() == null ? null : alert.disk().vdev(),
        alert.since(),
        cut(alert.summary()),
        alert.silencedBy() != null
            ? "silence " + alert.silencedBy().value()
            : alert.ackedBy() != null ? "ack of " + alert.ackedBy() : alert.inhibitedBy());
  }

  private static String cut(String text) {
    return text.length() <= FleetReport.TEXT_MAX ? text : text.substring(0, FleetReport.TEXT_MAX);
  }
}
