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
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The latest hosts, leases, alerts and policies, for reading; thread-safe.
 *
 * <p>At the limits {@link #MAX_HOSTS} and {@link #MAX_ALERTS}, new hosts are omitted and the alert
 * with the oldest change is dropped.
 */
public final class FleetView {
  /** Maximum number of hosts. */
  public static final int MAX_HOSTS = 65_536;

  /** Maximum number of host problems shown by {@code /readyz}. */
  private static final int PROBLEMS_SHOWN = 5;

  /** Maximum number of alerts. */
  public static final int MAX_ALERTS = 2_000;

  /**
   * A host.
   *
   * @param host name
   * @param lastHeard time of the last heartbeat; absent if none
   * @param version version of its agent
   * @param acting whether its agent carries out commands
   * @param disks number of disks
   * @param unresolved number of disks without proven workers
   * @param throttles number of throttled disks
   * @param problem why it cannot be evaluated or commanded, and what to do; absent if it can
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
   * A lease as in the host's last heartbeat.
   *
   * @param host name
   * @param lease ID
   * @param domain the disk's domain
   * @param vdev the disk
   * @param priority the priority; absent for a limit
   * @param limitPerS the limit in IOPS; absent for a priority
   * @param remainingMs time left, in ms
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

  private volatile OperatorState operatorState = OperatorState.NONE;
  private volatile PolicySet policies = PolicySet.EMPTY;
  private final AtomicLong policyRevision = new AtomicLong();
  private final AtomicLong alertRevision = new AtomicLong();
  private final Map<HostId, Heartbeat> heartbeats = new ConcurrentHashMap<>();
  private final Map<HostId, Disks> disks = new ConcurrentHashMap<>();
  private final Map<HostId, String> problems = new ConcurrentSkipListMap<>();
  private final Map<MessageId, Alert> alerts = new ConcurrentHashMap<>();

  /** Updates the view from an input of the engine. */
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
      case Input.HostRemoved removed -> {
        heartbeats.remove(removed.forget().host());
        disks.remove(removed.forget().host());
        problems.remove(removed.forget().host());
      }
      case Input.OperatorStateChanged(OperatorState next) -> operatorState = next;
      case Input.PoliciesLoaded loaded -> {
        policies = loaded.policies();
        policyRevision.incrementAndGet();
      }
      default -> {}
    }
  }

  /** Updates the view from an effect of the engine. */
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
            .min(Comparator.comparing(Alert::at))
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
    return new HostView(
        host.value(),
        beat == null ? null : beat.at(),
        beat == null ? null : beat.version(),
        beat != null && beat.acting(),
        known.all(),
        known.unresolved(),
        beat == null ? 0 : beat.throttles().size(),
        problems.get(host));
  }

  /** How many disks of a host have no proven workers. */
  public int unresolved(HostId host) {
    return disks.getOrDefault(host, new Disks(0, 0)).unresolved();
  }

  /** The first problems of hosts, one line each. */
  public List<String> problemRemarks() {
    List<String> remarks = new ArrayList<>();
    problems.forEach((host, problem) -> {
      if (remarks.size() < PROBLEMS_SHOWN) {
        remarks.add("host %s: %s".formatted(host, Printable.of(problem)));
      }
    });
    if (problems.size() > PROBLEMS_SHOWN) {
      remarks.add(
          "%d hosts have problems: see 'problem' in /api/v1/hosts".formatted(problems.size()));
    }
    return remarks;
  }

  /** The host's last heartbeat. */
  public Optional<Heartbeat> heartbeat(HostId host) {
    return Optional.ofNullable(heartbeats.get(host));
  }

  /** The leases of the last heartbeats, by host. */
  public List<ThrottleView> throttles() {
    return heartbeats.values().stream()
        .sorted(Comparator.comparing(Heartbeat::host))
        .flatMap(beat ->
            beat.throttles().stream()
                .map(held ->
                    new ThrottleView(
                        beat.host().value(),
                        held.lease(),
                        held.domain(),
                        held.vdev(),
                        held.restraint().priorityOrNull(),
                        held.restraint().limitOrNull(),
                        held.remainingMs())))
        .toList();
  }

  /** The alerts, latest change first, including resolved ones. */
  public Collection<Alert> alerts() {
    return alerts.values().stream().sorted(Comparator.comparing(Alert::at).reversed()).toList();
  }

  /** Increases with each published alert. */
  public long alertRevision() {
    return alertRevision.get();
  }

  /** The effective policies. */
  public PolicySet policies() {
    return policies;
  }

  /** Increases each time policies are loaded. */
  public long policyRevision() {
    return policyRevision.get();
  }

  /** The latest operator state. */
  public OperatorState operatorState() {
    return operatorState;
  }
}
