package io.blkwarden.controller.step;

import io.blkwarden.controller.blame.Budget;
import io.blkwarden.controller.plan.Load;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.said.Said;
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
final class World {
  /** Most hosts; inputs of further ones are left out. */
  static final int HOSTS_MAX = 65_536;

  /** Most open cases of the fleet; further ones wait until others are closed. */
  static final int CASES_MAX = 65_536;

  /** Most open cases of a host. */
  static final int HOST_CASES_MAX = 1_024;

  private static final long FAILURES_MILLIS = 60_000;

  final StepSettings settings;
  final Snapshots snapshots;
  final Map<HostId, HostWatch> hosts = new LinkedHashMap<>();
  final Throttles throttles = new Throttles();
  final Budget blameBudget = new Budget(Blaming.DISKS_MAX);
  final Recalled recalled = new Recalled(this);
  final Marks marks = new Marks(this);
  private final RandomGenerator random;
  private final String issuer;
  private Rules rules = new Rules(PolicySet.EMPTY);
  private OptionalLong claim = OptionalLong.empty();
  private Said said = Said.NOTHING;
  private Moment now;
  private List<Effect> effects = new ArrayList<>();
  private int hostsLive;
  private int hostsAnomalous;
  private int cases;

  World(StepSettings settings, RandomGenerator random, String issuer, Moment start) {
    this.settings = settings;
    this.snapshots = new Snapshots(settings.snapshotRetryMillis());
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

  Rules rules() {
    return rules;
  }

  void rules(Rules next) {
    rules = next;
  }

  Said said() {
    return said;
  }

  void said(Said next) {
    said = next;
  }

  OptionalLong claim() {
    return claim;
  }

  void claim(OptionalLong next) {
    claim = next;
  }

  /** The watch over a host, made when there is none; empty beyond {@link #HOSTS_MAX}. */
  Optional<HostWatch> watch(HostId host) {
    HostWatch known = hosts.get(host);
    if (known != null) {
      return Optional.of(known);
    }
    if (hosts.size() >= HOSTS_MAX) {
      return Optional.empty();
    }
    HostWatch made = new HostWatch(host);
    hosts.put(host, made);
    return Optional.of(made);
  }

  MessageId id() {
    return MessageId.of(now.wall().toEpochMilli(), random);
  }

  /**
   * Sends a command; empty, and nothing is sent, without a claim and to a host under whose name
   * more than one agent reports.
   */
  Optional<MessageId> send(HostId host, String reason, CommandAction action) {
    if (claim.isEmpty() || duplicate(host)) {
      return Optional.empty();
    }
    Command command =
        new Command(
            id(),
            host,
            claim.getAsLong(),
            issuer,
            now.wall(),
            settings.commandExpiresMillis(),
            reason.length() > 1_000 ? reason.substring(0, 1_000) : reason,
            action);
    effects.add(new Effect.Send(command));
    return Optional.of(command.id());
  }

  boolean duplicate(HostId host) {
    HostWatch watch = hosts.get(host);
    return watch != null && watch.runs.duplicate();
  }

  /** Publishes an alert with its marks and the epoch of this claim, and returns it so. */
  Alert publish(Alert alert) {
    Alert marked = marks.mark(alert);
    Alert published = claim.isPresent() ? marked.withEpoch(claim.getAsLong()) : marked;
    effects.add(new Effect.Publish(published));
    return published;
  }

  void add(Effect effect) {
    effects.add(effect);
  }

  /**
   * Does something about a host. A fault in it leaves the rest alone: what was decided before it
   * stands, and the host's map is taken anew.
   */
  void guarded(HostWatch watch, String what, Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      failed(watch, what, e);
    }
  }

  /** Takes note of a fault of this program; of a host one a minute is told. */
  void failed(HostWatch watch, String what, RuntimeException fault) {
    if (watch.failedMillis < 0 || millis() - watch.failedMillis >= FAILURES_MILLIS) {
      watch.failedMillis = millis();
      effects.add(new Effect.Failed(watch.host(), what, fault));
    }
    watch.missed = true;
    wantSnapshot(watch);
  }

  void wantSnapshot(HostWatch watch) {
    if (!watch.runs.duplicate() && snapshots.ask(watch, millis())) {
      effects.add(new Effect.WantSnapshot(watch.host()));
    }
  }

  /** Tells an agent of this claim: at most as often as it may be asked for its map. */
  void tellClaim(HostWatch watch, CommandAction.Revision known) {
    if (watch.claimWish.ask(millis(), settings.snapshotRetryMillis())) {
      effects.add(new Effect.TellClaim(watch.host(), known));
    }
  }

  /** What the brakes count for a wish to throttle this disk. */
  Load load(HostId host, DiskKey disk) {
    return throttles.load(host, disk, hostsLive, hostsAnomalous);
  }

  int hostsLive() {
    return hostsLive;
  }

  int hostsAnomalous() {
    return hostsAnomalous;
  }

  /** How long a host may be quiet before its samples are missing. */
  long gapMillis(HostWatch watch) {
    return settings.silentIntervals() * Math.max(1, watch.state.intervalMillis());
  }

  /** Counts a host as heard of, or as silent. */
  void live(HostWatch watch, boolean live) {
    if (watch.live != live) {
      count(watch, -1);
      watch.live = live;
      count(watch, 1);
    }
  }

  /** Counts one more, or one less, breach of a policy that may act. */
  void breaches(HostWatch watch, int change) {
    count(watch, -1);
    watch.actingBreaches += change;
    count(watch, 1);
  }

  private void count(HostWatch watch, int sign) {
    if (watch.live) {
      hostsLive += sign;
      hostsAnomalous += watch.actingBreaches > 0 ? sign : 0;
    }
  }

  /** Whether one more case may be opened on the host; counts it when it may. */
  boolean openCase(HostWatch watch) {
    if (cases >= CASES_MAX || watch.cases.size() >= HOST_CASES_MAX) {
      return false;
    }
    cases++;
    return true;
  }

  void caseClosed() {
    cases--;
  }
}
