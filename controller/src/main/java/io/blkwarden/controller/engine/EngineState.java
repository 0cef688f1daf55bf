package io.blkwarden.controller.engine;

import io.blkwarden.controller.baseline.BaselineTable;
import io.blkwarden.controller.policy.DiskPolicy;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.Sample;
import io.blkwarden.controller.silence.OperatorState;
import io.blkwarden.controller.throttle.Decision;
import io.blkwarden.controller.throttle.Refusal;
import io.blkwarden.controller.throttle.SafetyCheck;
import io.blkwarden.controller.throttle.ThrottleInputs;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Printable;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.OperatorReply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The state of the engine, and the effects of the current input.
 *
 * <p>Commands are sent by {@link #send} only, which does nothing unless this controller leads.
 */
final class EngineState {
  /** Most hosts; inputs of further ones are ignored. */
  static final int HOSTS_MAX = 65_536;

  /** Most open evaluations of the fleet; further ones wait until others close. */
  static final int EVALUATIONS_MAX = 65_536;

  /** Most open evaluations of a host. */
  static final int HOST_EVALUATIONS_MAX = 1_024;

  private static final int DETAIL_MAX = 2_000;
  private static final long FAILURES_MILLIS = 60_000;

  final EngineSettings settings;
  final ThrottleInputs.Times throttleTimes;
  final MapRequests mapRequests = new MapRequests();
  final Map<HostId, HostTracker> hosts = new LinkedHashMap<>();
  final ThrottleTable throttleTable = new ThrottleTable();
  private final Semaphore attributionBudget = new Semaphore(Attributions.DISKS_MAX);
  final Alerts alerts = new Alerts(this);
  final BaselineTable baselines = new BaselineTable();

  /** The window that detectors see; reused for all disks, devices and hosts. */
  final Sample sample = new Sample();

  private final RandomGenerator random;
  private final String issuer;
  PolicyIndex policies = new PolicyIndex(PolicySet.EMPTY);
  OptionalLong epoch = OptionalLong.empty();
  OperatorState operatorState = OperatorState.NONE;
  Moment now;

  /** The effects of the input so far. */
  List<Effect> effects = new ArrayList<>();

  int hostsLive;
  int hostsAnomalous;
  private int evaluations;

  EngineState(EngineSettings settings, RandomGenerator random, String issuer, Moment start) {
    this.settings = settings;
    this.throttleTimes =
        new ThrottleInputs.Times(settings.effectWindowMillis(), settings.settleMillis());
    this.random = random;
    this.issuer = issuer;
    this.now = start;
  }

  /** Starts an input. */
  void begin(Moment moment) {
    now = moment;
    effects = new ArrayList<>();
  }

  long millis() {
    return now.monotonicMillis();
  }

  /** The pause by an operator; empty without one. */
  Optional<Refusal> paused() {
    return operatorState
        .pause()
        .map(pause -> new Refusal.Paused(Printable.of(pause.by()), Printable.of(pause.reason())));
  }

  /** The tracker of a host, created on first use; null beyond {@link #HOSTS_MAX}. */
  @Nullable HostTracker tracker(HostId host) {
    HostTracker known = hosts.get(host);
    return known != null || hosts.size() >= HOSTS_MAX
        ? known
        : hosts.computeIfAbsent(host, _ -> new HostTracker(host, attributionBudget));
  }

  MessageId newId() {
    return MessageId.of(now.wall().toEpochMilli(), random);
  }

  /**
   * Sends a command. Sends nothing and returns empty unless this controller leads, and for a host
   * name that more than one agent uses.
   */
  Optional<MessageId> send(HostTracker tracker, String reason, CommandAction action) {
    if (epoch.isEmpty() || tracker.runs.duplicate) {
      return Optional.empty();
    }
    Command command =
        new Command(
            newId(),
            tracker.host(),
            epoch.getAsLong(),
            issuer,
            now.wall(),
            settings.commandExpiresMillis(),
            reason.length() > 1_000 ? reason.substring(0, 1_000) : reason,
            action);
    effects.add(new Effect.SendCommand(command));
    return Optional.of(command.id());
  }

  /** Publishes an alert with this leader's epoch. */
  void publish(Alert alert) {
    epoch.ifPresent(leads -> effects.add(new Effect.PublishAlert(alert.withEpoch(leads))));
  }

  /** Answers an operator's request, with at most {@link #DETAIL_MAX} characters. */
  void answer(Input.RequestReceived request, OperatorReply.Verdict verdict, String detail) {
    String shown = detail.substring(0, Math.min(DETAIL_MAX, detail.length()));
    answer(request, new OperatorReply(verdict, shown));
  }

  void answer(Input.RequestReceived request, OperatorReply reply) {
    effects.add(new Effect.Answer(request.correlation(), reply));
  }

  void record(Decision decision) {
    effects.add(new Effect.RecordDecision(decision));
  }

  /**
   * Runs an action for a host. If it throws, earlier decisions stand and the host's map is
   * requested again.
   */
  void guarded(HostTracker tracker, String what, Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      failed(tracker, what, e);
    }
  }

  /** Reports a bug in this program, at most once a minute for each host. */
  void failed(HostTracker tracker, String what, RuntimeException fault) {
    if (tracker.failedMillis < 0 || millis() - tracker.failedMillis >= FAILURES_MILLIS) {
      tracker.failedMillis = millis();
      effects.add(new Effect.Failed(tracker.host(), what, fault));
    }
    tracker.reportsDropped = true;
    requestMap(tracker);
  }

  void requestMap(HostTracker tracker) {
    if (!tracker.runs.duplicate && mapRequests.ask(tracker, millis())) {
      effects.add(new Effect.RequestMap(tracker.host()));
    }
  }

  /** Announces this leader to an agent, at most as often as maps are requested. */
  void announceLeader(HostTracker tracker, CommandAction.Revision known) {
    if (tracker.leaderNotice.ask(millis())) {
      effects.add(new Effect.AnnounceLeader(tracker.host(), known));
    }
  }

  /** Why the safety checks refuse a throttle on the disk; empty when they do not. */
  Optional<Refusal> safetyRefusal(HostTracker tracker, MappedDisk disk) {
    HostId host = tracker.host();
    SafetyCheck.Counts counts = throttleTable.load(host, disk.key(), hostsLive, hostsAnomalous);
    boolean gap = tracker.state.mapGap();
    return SafetyCheck.refusal(policies.policies, host, disk, gap, counts);
  }

  /** How long samples of a host may be absent before they count as missing. */
  long gapMillis(HostTracker tracker) {
    return settings.silentIntervals() * Math.max(1, tracker.state.intervalMillis());
  }

  /** Counts a host as reporting, or as not reporting. */
  void setLive(HostTracker tracker, boolean live) {
    if (tracker.live != live) {
      count(tracker, -1);
      tracker.live = live;
      count(tracker, 1);
    }
  }

  /** Changes the count of breaches whose policy may act. */
  void countBreaches(HostTracker tracker, int change) {
    count(tracker, -1);
    tracker.actingBreaches += change;
    count(tracker, 1);
  }

  private void count(HostTracker tracker, int sign) {
    if (tracker.live) {
      hostsLive += sign;
      hostsAnomalous += tracker.actingBreaches > 0 ? sign : 0;
    }
  }

  /**
   * Whether one more evaluation may be opened on the host; counts it when it may. Standing policies
   * leave half of the bounds to others.
   */
  boolean openEvaluation(HostTracker tracker, DiskPolicy policy) {
    int parts = policy.isStanding() ? 2 : 1;
    if (evaluations >= EVALUATIONS_MAX / parts
        || tracker.evaluations.size() >= HOST_EVALUATIONS_MAX / parts) {
      return false;
    }
    evaluations++;
    return true;
  }

  void evaluationClosed() {
    evaluations--;
  }
}
