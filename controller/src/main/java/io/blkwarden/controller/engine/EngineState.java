package io.blkwarden.controller.engine;

import io.blkwarden.controller.attribution.WindowBudget;
import io.blkwarden.controller.policy.DiskPolicy;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.silence.OperatorState;
import io.blkwarden.controller.throttle.ThrottleCounts;
import io.blkwarden.model.DiskKey;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/**
 * Everything that the step knows, and the effects of the input that it handles just now.
 *
 * <p>The one way to send a command is {@link #send}, which does nothing without a claim.
 */
final class EngineState {
  /** Most hosts; inputs of further ones are left out. */
  static final int HOSTS_MAX = 65_536;

  /** Most open cases of the fleet; further ones wait until others are closed. */
  static final int EVALUATIONS_MAX = 65_536;

  /** Most open cases of a host. */
  static final int HOST_EVALUATIONS_MAX = 1_024;

  private static final long FAILURES_MILLIS = 60_000;

  final EngineSettings settings;
  final MapRequests mapRequests;
  final Map<HostId, HostTracker> hosts = new LinkedHashMap<>();
  final ThrottleTable throttles = new ThrottleTable();
  final WindowBudget blameBudget = new WindowBudget(Attributions.DISKS_MAX);
  final RestoredAlerts restored = new RestoredAlerts(this);
  final AlertSuppressions suppressions = new AlertSuppressions(this);
  private final RandomGenerator random;
  private final String issuer;
  private PolicyIndex policies = new PolicyIndex(PolicySet.EMPTY);
  private OptionalLong epoch = OptionalLong.empty();
  private OperatorState operatorState = OperatorState.NONE;
  private Moment now;
  private List<Effect> effects = new ArrayList<>();
  private int hostsLive;
  private int hostsAnomalous;
  private int evaluations;

  EngineState(EngineSettings settings, RandomGenerator random, String issuer, Moment start) {
    this.settings = settings;
    this.mapRequests = new MapRequests(settings.snapshotRetryMillis());
    this.random = random;
    this.issuer = issuer;
    this.now = start;
  }

  /** Begins an input. */
  void begin(Moment moment) {
    now = moment;
    effects = new ArrayList<>();
  }

  /** Ends it. */
  List<Effect> effects() {
    return effects;
  }

  Moment now() {
    return now;
  }

  long millis() {
    return now.monotonicMillis();
  }

  PolicyIndex policies() {
    return policies;
  }

  void policies(PolicyIndex next) {
    policies = next;
  }

  OperatorState operatorState() {
    return operatorState;
  }

  void operatorState(OperatorState next) {
    operatorState = next;
  }

  OptionalLong epoch() {
    return epoch;
  }

  void epoch(OptionalLong next) {
    epoch = next;
  }

  /** The watch over a host, made when there is none; empty beyond {@link #HOSTS_MAX}. */
  Optional<HostTracker> tracker(HostId host) {
    HostTracker known = hosts.get(host);
    if (known != null) {
      return Optional.of(known);
    }
    if (hosts.size() >= HOSTS_MAX) {
      return Optional.empty();
    }
    HostTracker made = new HostTracker(host);
    hosts.put(host, made);
    return Optional.of(made);
  }

  MessageId newId() {
    return MessageId.of(now.wall().toEpochMilli(), random);
  }

  /**
   * Sends a command; empty, and nothing is sent, without a claim and to a host under whose name
   * more than one agent reports.
   */
  Optional<MessageId> send(HostId host, String reason, CommandAction action) {
    if (epoch.isEmpty() || duplicate(host)) {
      return Optional.empty();
    }
    Command command =
        new Command(
            newId(),
            host,
            epoch.getAsLong(),
            issuer,
            now.wall(),
            settings.commandExpiresMillis(),
            reason.length() > 1_000 ? reason.substring(0, 1_000) : reason,
            action);
    effects.add(new Effect.SendCommand(command));
    return Optional.of(command.id());
  }

  boolean duplicate(HostId host) {
    HostTracker tracker = hosts.get(host);
    return tracker != null && tracker.runs.duplicate();
  }

  /** Publishes an alert with its marks and the epoch of this claim, and returns it so. */
  Alert publish(Alert alert) {
    Alert marked = suppressions.mark(alert);
    Alert published = epoch.isPresent() ? marked.withEpoch(epoch.getAsLong()) : marked;
    effects.add(new Effect.PublishAlert(published));
    return published;
  }

  void add(Effect effect) {
    effects.add(effect);
  }

  /**
   * Does something about a host. A fault in it leaves the rest alone: what was decided before it
   * stands, and the host's map is taken anew.
   */
  void guarded(HostTracker tracker, String what, Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      failed(tracker, what, e);
    }
  }

  /** Takes note of a fault of this program; of a host one a minute is told. */
  void failed(HostTracker tracker, String what, RuntimeException fault) {
    if (tracker.failedMillis < 0 || millis() - tracker.failedMillis >= FAILURES_MILLIS) {
      tracker.failedMillis = millis();
      effects.add(new Effect.Failed(tracker.host(), what, fault));
    }
    tracker.missed = true;
    requestMap(tracker);
  }

  void requestMap(HostTracker tracker) {
    if (!tracker.runs.duplicate() && mapRequests.ask(tracker, millis())) {
      effects.add(new Effect.RequestMap(tracker.host()));
    }
  }

  /** Tells an agent of this claim: at most as often as it may be asked for its map. */
  void announceLeader(HostTracker tracker, CommandAction.Revision known) {
    if (tracker.leaderNotice.ask(millis(), settings.snapshotRetryMillis())) {
      effects.add(new Effect.AnnounceLeader(tracker.host(), known));
    }
  }

  /** What the brakes count for a wish to throttle this disk. */
  ThrottleCounts throttleCounts(HostId host, DiskKey disk) {
    return throttles.load(host, disk, hostsLive, hostsAnomalous);
  }

  int hostsLive() {
    return hostsLive;
  }

  int hostsAnomalous() {
    return hostsAnomalous;
  }

  /** How long a host may be quiet before its samples are missing. */
  long gapMillis(HostTracker tracker) {
    return settings.silentIntervals() * Math.max(1, tracker.state.intervalMillis());
  }

  /** Counts a host as heard of, or as silent. */
  void live(HostTracker tracker, boolean live) {
    if (tracker.live != live) {
      count(tracker, -1);
      tracker.live = live;
      count(tracker, 1);
    }
  }

  /** Counts one more, or one less, breach of a policy that may act. */
  void breaches(HostTracker tracker, int change) {
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
