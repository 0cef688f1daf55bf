package io.blkwarden.controller.engine;

import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.fleet.MetricUnit;
import io.blkwarden.controller.policy.ClearRule;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.policy.SafetyLimits;
import io.blkwarden.controller.policy.Sample;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.controller.throttle.Ladder;
import io.blkwarden.controller.throttle.LimitProbe;
import io.blkwarden.controller.throttle.Refusal;
import io.blkwarden.controller.throttle.SafetyCheck;
import io.blkwarden.controller.throttle.ThrottleInputs;
import io.blkwarden.controller.throttle.WindowSums;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.message.Alert.AlertWorker;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** What the state machine of throttles reads of a disk, its host, its policy and the fleet. */
final class DiskInputs implements ThrottleInputs {
  private final EngineState engine;
  private final HostTracker tracker;
  private final @Nullable Evaluation evaluation;
  private final @Nullable MappedDisk disk;

  /**
   * Reads nothing yet.
   *
   * @param evaluation whose policy counts; absent for a lease without one
   */
  DiskInputs(
      EngineState engine, HostTracker tracker, Throttle throttle, @Nullable Evaluation evaluation) {
    this.engine = engine;
    this.tracker = tracker;
    this.evaluation = evaluation;
    this.disk = tracker.disk(throttle.disk);
  }

  @Override
  public long nowMillis() {
    return engine.millis();
  }

  @Override
  public Instant wall() {
    return engine.now.wall();
  }

  @Override
  public ThrottleInputs.Times times() {
    return engine.throttleTimes;
  }

  @Override
  public MessageId newId() {
    return engine.newId();
  }

  @Override
  public boolean canCommand() {
    return engine.epoch.isPresent() && !tracker.runs.duplicate;
  }

  @Override
  public String policy() {
    return evaluation == null ? "" : evaluation.policy.name();
  }

  @Override
  public @Nullable Restraint standing() {
    return evaluation != null && evaluation.policy.isStanding() ? ladder().getFirst() : null;
  }

  @Override
  public Mode mode() {
    return evaluation == null ? Mode.OBSERVE : evaluation.policy.mode();
  }

  @Override
  public List<Restraint> ladder() {
    return evaluation == null ? List.of() : evaluation.policy.then().ladder();
  }

  @Override
  public long leaseMillis() {
    return evaluation == null
        ? 0
        : Math.min(evaluation.policy.then().leaseMillis(), tracker.maxLeaseMillis);
  }

  @Override
  public String reason() {
    return evaluation == null ? "" : evaluation.reason();
  }

  @Override
  public boolean mayAct() {
    return evaluation != null && evaluation.detector.acts();
  }

  @Override
  public boolean overThreshold() {
    if (evaluation == null) {
      return false;
    }
    Metric metric = evaluation.detector.when().metric();
    return evaluation.detector.stillAbove(tracker.state.value(metric, evaluation.row));
  }

  @Override
  public long knownMillis() {
    return evaluation == null ? 0 : evaluation.knownMillis;
  }

  @Override
  public boolean swap() {
    return disk != null && disk.volume().role() == VolumeRole.SWAP;
  }

  @Override
  public boolean isProtected() {
    return disk != null && engine.policies.policies.protects(tracker.host(), disk);
  }

  @Override
  public List<AlertWorker> workers() {
    return disk == null
        ? List.of()
        : disk.workers().stream()
            .map(worker -> new AlertWorker(worker.pid(), worker.comm()))
            .toList();
  }

  @Override
  public Optional<Refusal> safetyRefusal() {
    if (disk == null || evaluation == null) {
      return Optional.of(Refusal.Plain.MAP_INCOMPLETE);
    }
    return tracker
        .attributions
        .objection(evaluation)
        .<Refusal>map(why -> new Refusal.NotTheCause(why.verdict(), why.device(), why.sentence()))
        .or(() -> engine.safetyRefusal(tracker, disk));
  }

  @Override
  public Optional<Refusal> commandRefusal() {
    if (engine.epoch.isEmpty()) {
      return Optional.of(Refusal.Plain.NOT_LEADER);
    }
    if (Boolean.FALSE.equals(tracker.acting)) {
      return Optional.of(Refusal.Plain.READ_ONLY_AGENT);
    }
    if (tracker.epochSeen < engine.epoch.getAsLong()) {
      return Optional.of(Refusal.Plain.AGENT_UNINFORMED);
    }
    return engine.paused();
  }

  @Override
  public Optional<Refusal> renewalRefusal() {
    if (engine.epoch.isEmpty()) {
      return Optional.of(Refusal.Plain.NOT_LEADER);
    }
    Optional<Refusal> paused = engine.paused();
    if (paused.isPresent()) {
      return paused;
    }
    if (disk == null || disk.workers().isEmpty()) {
      return Optional.of(new Refusal.WorkersNotProven(null));
    }
    SafetyLimits limits = engine.policies.policies.safetyLimits();
    if (SafetyCheck.stopped(limits, engine.hostsLive, engine.hostsAnomalous)) {
      double atMost = limits.stopIfHostsAnomalous();
      return Optional.of(
          new Refusal.FleetAnomalous(engine.hostsAnomalous, engine.hostsLive, atMost));
    }
    return tracker.state.mapGap() ? Optional.of(Refusal.Plain.MAP_INCOMPLETE) : Optional.empty();
  }

  @Override
  public Ladder.Next nextStep(int from) {
    return disk == null
        ? new Ladder.Next.Exhausted("")
        : Ladder.next(ladder(), from, disk, tracker.limits, this::harmful);
  }

  @Override
  public OptionalInt softerStep(List<Restraint> ladder, int from) {
    return disk == null || disk.workers().isEmpty() || tracker.state.mapGap()
        ? OptionalInt.empty()
        : Ladder.below(ladder, from, disk.physical(), tracker.limits, this::harmful);
  }

  private boolean harmful(Restraint step) {
    return disk != null && tracker.harmfulSteps.contains(disk.physical(), step, engine.millis());
  }

  @Override
  public WindowSums window(long fromMillis, long toMillis) {
    return evaluation == null ? WindowSums.NONE : evaluation.history.between(fromMillis, toMillis);
  }

  @Override
  public LimitProbe.Reading limitReading() {
    if (evaluation == null) {
      return new LimitProbe.Reading(Double.NaN, Double.NaN, Double.NaN, false, 0);
    }
    Threshold when = evaluation.detector.when();
    return new LimitProbe.Reading(
        Sample.comparable(tracker.state, evaluation.row, when.metric(), when.above()),
        when.clearBelow(),
        when.metric().unit() == MetricUnit.PER_SECOND ? when.above() : Double.NaN,
        engine.throttleTable.mayClear(tracker, when.metric(), evaluation.row)
            == ClearRule.Verdict.BACKLOGGED,
        tracker.state.windowMillis());
  }
}
