package io.blkwarden.controller.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.blkwarden.controller.engine.Effect;
import io.blkwarden.controller.engine.Input;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.silence.OperatorState;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Printable;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingSnapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the fleet looked like last, for people who only look; safe for use by several threads.
 *
 * <p>Knows at most {@link #MAX_HOSTS} hosts and {@link #MAX_ALERTS} alerts; at a bound a new host
 * is not shown, and the alert that changed longest ago is forgotten.
 */
public final class FleetView {
  /** Most hosts shown. */
  public static final int MAX_HOSTS = 65_536;

  /** Most hosts whose problem is shown with the readiness. */
  private static final int PROBLEMS_SHOWN = 5;

  /** Most alerts shown. */
  public static final int MAX_ALERTS = 2_000;

  /**
   * A host.
   *
   * @param host which
   * @param lastHeard when it last gave a sign of life; absent when never
   * @param version of its agent
   * @param acting whether its agent carries out commands
   * @param disks how many it has
   * @param unresolved how many of them have no proven workers
   * @param throttles how many are throttled
   * @param problem why it cannot be evaluated or commanded, and what to do; absent when it can
   */
  public record HostView(
      String host,
      @Nullable Instant lastHeard,
      @Nullable String version,
      boolean acting,
      int disks,
      int unresolved,
      int throttles,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String problem) {}

  /**
   * A lease as its host told last.
   *
   * @param host where
   * @param lease identity
   * @param domain whose disk
   * @param vdev which disk
   * @param priority what is set; absent for a limit
   * @param limitPerS what is set; absent for a priority
   * @param remainingMs how long it ran then, in ms
   */
  public record ThrottleView(
      String host,
      MessageId lease,
      DomainRef domain,
      String vdev,
      @Nullable IoPriority priority,
      @Nullable Integer limitPerS,
      long remainingMs) {}

  private record Disks(int all, int unresolved) {}

  private volatile OperatorState operatorState = OperatorState.NOTHING;
  private volatile PolicySet policies = PolicySet.EMPTY;
  private final AtomicLong policyRevision = new AtomicLong();
  private final AtomicLong alertRevision = new AtomicLong();
  private final Map<HostId, Heartbeat> heartbeats = new ConcurrentHashMap<>();
  private final Map<HostId, Disks> disks = new ConcurrentHashMap<>();
  private final Map<HostId, String> problems = new ConcurrentSkipListMap<>();
  private final Map<MessageId, Alert> alerts = new ConcurrentHashMap<>();

  /** Takes note of what the engine reacts to. */
  public void update(Input input) {
    switch (input) {
      case Input.HeartbeatReceived(Heartbeat beat) -> {
        if (heartbeats.size() < MAX_HOSTS || heartbeats.containsKey(beat.host())) {
          heartbeats.put(beat.host(), beat);
        }
      }
      case Input.MappingChanged(MappingSnapshot snapshot) -> {
        HostId host = snapshot.origin().host();
        if (disks.size() < MAX_HOSTS || disks.containsKey(host)) {
          long unresolved =
              snapshot.disks().stream().filter(d -> d.state() == MappingState.UNRESOLVED).count();
          disks.put(host, new Disks(snapshot.disks().size(), (int) unresolved));
        }
      }
      case Input.HostRemoved forgotten -> {
        heartbeats.remove(forgotten.forget().host());
        disks.remove(forgotten.forget().host());
        problems.remove(forgotten.forget().host());
      }
      case Input.OperatorStateChanged(OperatorState next) -> operatorState = next;
      case Input.PoliciesLoaded loaded -> {
        policies = loaded.policies();
        policyRevision.incrementAndGet();
      }
      case Input.MappingChanged _,
          Input.ReportsDropped _,
          Input.SampleBatch _,
          Input.OutcomeReceived _,
          Input.CommandAbandoned _,
          Input.RequestReceived _,
          Input.InputStored _,
          Input.Tick _,
          Input.BaselineLoaded _,
          Input.AlertsRestored _,
          Input.LeadershipGained _,
          Input.LeadershipLost _ -> {}
    }
  }

  /** Takes note of what the engine wants. */
  public void update(Effect effect) {
    if (effect instanceof Effect.HostProblem(HostId host, String problem)) {
      if (problem.isEmpty()) {
        problems.remove(host);
      } else if (problems.size() < MAX_HOSTS || problems.containsKey(host)) {
        problems.put(host, problem);
      }
    }
    if (effect instanceof Effect.PublishAlert(Alert alert)) {
      alerts.put(alert.id(), alert);
      if (alerts.size() > MAX_ALERTS) {
        alerts.values().stream()
            .min((a, b) -> a.at().compareTo(b.at()))
            .ifPresent(oldest -> alerts.remove(oldest.id()));
      }
      alertRevision.incrementAndGet();
    }
  }

  /** The hosts, by name. */
  public List<HostView> hosts() {
    return Stream.concat(heartbeats.keySet().stream(), disks.keySet().stream())
        .distinct()
        .sorted()
        .map(this::host)
        .toList();
  }

  private HostView host(HostId host) {
    Heartbeat beat = heartbeats.get(host);
    Disks known = disks.getOrDefault(host, new Disks(0, 0));
    String problem = problems.get(host);
    return beat == null
        ? new HostView(host.value(), null, null, false, known.all(), known.unresolved(), 0, problem)
        : new HostView(
            host.value(),
            beat.at(),
            beat.version(),
            beat.acting(),
            known.all(),
            known.unresolved(),
            beat.throttles().size(),
            problem);
  }

  /** Why hosts that report cannot be evaluated or commanded, a line each, the first few of them. */
  public List<String> problemRemarks() {
    List<String> remarks = new ArrayList<>();
    problems.forEach((host, problem) -> {
      if (remarks.size() < PROBLEMS_SHOWN) {
        remarks.add("host %s: %s".formatted(host, Printable.of(problem)));
      }
    });
    if (problems.size() > PROBLEMS_SHOWN) {
      remarks.add(
          "%d hosts have a problem: see 'problem' in /api/v1/hosts".formatted(problems.size()));
    }
    return remarks;
  }

  /** The host's last heartbeat. */
  public Optional<Heartbeat> heartbeat(HostId host) {
    return Optional.ofNullable(heartbeats.get(host));
  }

  /** The leases that hosts told of last, by host. */
  public List<ThrottleView> throttles() {
    return heartbeats.values().stream()
        .sorted((a, b) -> a.host().compareTo(b.host()))
        .flatMap(beat ->
            beat.throttles().stream()
                .map(held ->
                    new ThrottleView(
                        beat.host().value(),
                        held.lease(),
                        held.domain(),
                        held.vdev(),
                        held.priority(),
                        held.limitPerS(),
                        held.remainingMs())))
        .toList();
  }

  /** The alerts, newest change first; resolved ones too while they are known. */
  public Collection<Alert> alerts() {
    return alerts.values().stream().sorted((a, b) -> b.at().compareTo(a.at())).toList();
  }

  /** Grows with each alert that is published. */
  public long alertRevision() {
    return alertRevision.get();
  }

  /** The policies that hold. */
  public PolicySet policies() {
    return policies;
  }

  /** Grows each time that policies are loaded. */
  public long policyRevision() {
    return policyRevision.get();
  }

  /** What people said last. */
  public OperatorState operatorState() {
    return operatorState;
  }
}
