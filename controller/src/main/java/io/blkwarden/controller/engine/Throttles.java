package io.blkwarden.controller.engine;

import io.blkwarden.controller.alert.AlertEvent;
import io.blkwarden.controller.alert.AlertEvent.Ending;
import io.blkwarden.controller.engine.PendingRequests.PendingRequest;
import io.blkwarden.controller.engine.ThrottleTable.PendingCommand;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.throttle.Attempts;
import io.blkwarden.controller.throttle.CommandPurpose;
import io.blkwarden.controller.throttle.Decision;
import io.blkwarden.controller.throttle.Lease;
import io.blkwarden.controller.throttle.Refusal;
import io.blkwarden.controller.throttle.ThrottleEffect;
import io.blkwarden.controller.throttle.ThrottleEvent;
import io.blkwarden.controller.throttle.ThrottleMachine;
import io.blkwarden.controller.throttle.ThrottleState;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.Worker;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.CommandAction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Throttles the disks of breaches: feeds events to the throttle state machine and carries out its
 * effects. A disk may have several breaches, but only one throttle.
 */
record Throttles(EngineState engine) {
  /** Evaluates the throttle of a breach after a sample. */
  void evaluate(Breach breach) {
    Evaluation evaluation = breach.evaluation;
    if (breach.isKept()
        || evaluation.policy.mode() == Mode.OBSERVE
        || evaluation.policy.then().ladder().isEmpty()) {
      return;
    }
    Throttle other = engine.throttleTable.of(evaluation.tracker.host(), evaluation.disk);
    Lease lease = other == null ? null : other.lease();
    if (other != null && lease != null && other != breach.throttle && evaluation.detector.acts()) {
      boolean found = other.owner == null && lease.operator() == null && other.state.inForce();
      boolean available = found || yields(other, lease, evaluation);
      if (!available || !mayAdopt(breach)) {
        String by =
            lease.operator() != null
                ? "by " + lease.operator()
                : other.owner != null ? "by another policy" : "by a lease found on the host";
        apply(breach.throttle, new ThrottleEvent.DiskThrottled(lease.id(), by));
        return;
      }
      adopt(breach, other);
    }
    apply(breach.throttle, new ThrottleEvent.Evaluated());
  }

  private static boolean mayAdopt(Breach breach) {
    return !breach.isKept()
        && !(breach.throttle.state instanceof ThrottleState.Finished)
        && breach.throttle.attempts.end() == null
        && breach.evaluation.mayAdopt();
  }

  /** Whether a standing throttle is a step of another policy's ladder, but not the last one. */
  private static boolean yields(Throttle throttle, Lease lease, Evaluation evaluation) {
    List<Restraint> ladder = evaluation.policy.then().ladder();
    int step = ladder.indexOf(lease.restraint());
    return throttle.owner != null
        && throttle.owner.policy.isStanding()
        && !evaluation.policy.isStanding()
        && throttle.state.inForce()
        && lease.commands() == 0
        && step >= 0
        && step < ladder.size() - 1;
  }

  private void adopt(Breach breach, Throttle throttle) {
    Evaluation owner = throttle.owner;
    Breach former = owner == null ? null : owner.breach;
    if (owner != null && former != null) { // it was set by a standing policy
      former.throttle = Throttle.of(owner);
    }
    throttle.owner = breach.evaluation;
    throttle.attempts = breach.throttle.attempts;
    breach.throttle = throttle;
    apply(throttle, new ThrottleEvent.Adopted(former != null));
  }

  /** Passes the throttle of a breach that is over to another breach of the disk, or ends it. */
  void breachEnded(Evaluation evaluation, Throttle throttle, Ending ending) {
    throttle.owner = null;
    Optional<Breach> next =
        evaluation.tracker.breaches().stream()
            .filter(each -> each.evaluation.disk.equals(evaluation.disk) && mayAdopt(each))
            .min(Comparator.comparing(each -> each.evaluation.policy.isStanding()));
    if (next.isPresent()) {
      adopt(next.get(), throttle);
      return;
    }
    throttle.attempts = Attempts.NONE;
    apply(throttle, ended(evaluation.policy.name(), ending), evaluation, null);
  }

  /** Ends the throttle of an alert of an earlier leader, if no breach has adopted it. */
  void alertEnded(Alert alert, Ending ending) {
    Alert.Action action = alert.action();
    Throttle throttle = action == null ? null : engine.throttleTable.lease(action.throttle());
    Lease lease = throttle == null ? null : throttle.lease();
    if (throttle != null && throttle.owner == null && lease != null && lease.operator() == null) {
      apply(throttle, ended(alert.policy(), ending));
    }
  }

  private static ThrottleEvent ended(String policy, Ending ending) {
    return new ThrottleEvent.BreachEnded(policy, ending.sentence(), ending == Ending.CLEARED);
  }

  /** Handles an event for the breach that owns the throttle. */
  void apply(Throttle throttle, ThrottleEvent event) {
    apply(throttle, event, throttle.owner, null);
  }

  /**
   * Handles an event.
   *
   * @param evaluation whose policy counts; absent for a lease without one
   * @param request the operator's request that waits for the command, if any
   */
  void apply(
      Throttle throttle,
      ThrottleEvent event,
      @Nullable Evaluation evaluation,
      @Nullable PendingRequest request) {
    HostTracker tracker = engine.hosts.get(throttle.host);
    Lease before = throttle.lease();
    if (tracker == null) { // the host was removed
      if (before != null) {
        engine.throttleTable.remove(throttle, before.id(), engine.millis());
      }
      return;
    }
    ThrottleMachine.Transition next =
        ThrottleMachine.next(
            throttle.state,
            throttle.attempts,
            event,
            new DiskInputs(engine, tracker, throttle, evaluation));
    // send first: if that fails, the state is unchanged; a transition has at most one command
    List<PendingCommand> sends = new ArrayList<>();
    for (ThrottleEffect effect : next.effects()) {
      command(effect, tracker, throttle, request).ifPresent(sends::add);
    }
    throttle.state = next.state();
    throttle.attempts = next.attempts();
    Lease after = throttle.lease();
    if (before == null && after != null) {
      engine.throttleTable.add(throttle, after.id());
    } else if (before != null && after == null) {
      engine.throttleTable.remove(throttle, before.id(), engine.millis());
    }
    sends.forEach(engine.throttleTable::sent);
    for (ThrottleEffect effect : next.effects()) {
      carryOut(effect, tracker, throttle, evaluation);
    }
  }

  private void carryOut(
      ThrottleEffect effect,
      HostTracker tracker,
      Throttle throttle,
      @Nullable Evaluation evaluation) {
    switch (effect) {
      case ThrottleEffect.SendSet _, ThrottleEffect.SendRelease _ -> {} // sent before
      case ThrottleEffect.RecordDecision decision ->
          engine.record(decision(decision, throttle, evaluation));
      case ThrottleEffect.RefreshAlert _ -> {
        Evaluation owner = throttle.owner;
        if (owner != null && owner.breach != null && owner.breach.throttle == throttle) {
          owner.breach.apply(new AlertEvent.Refreshed());
        }
      }
      case ThrottleEffect.NoteHarm(Restraint step) -> {
        MappedDisk disk = tracker.disk(throttle.disk);
        if (disk != null) {
          long until = engine.millis() + EngineSettings.HARM_REST_MILLIS;
          tracker.harmfulSteps.add(disk.physical(), step, until);
        }
      }
      case ThrottleEffect.RequestMap _ -> engine.requestMap(tracker);
    }
  }

  /** Sends the command of an effect. */
  private Optional<PendingCommand> command(
      ThrottleEffect effect,
      HostTracker tracker,
      Throttle throttle,
      @Nullable PendingRequest request) {
    return switch (effect) {
      case ThrottleEffect.SendSet set -> {
        MappedDisk disk = tracker.disk(throttle.disk);
        yield disk == null
            ? Optional.empty()
            : engine
                .send(tracker, set.lease().reason(), action(tracker, disk, set))
                .map(id -> pending(id, throttle, set.purpose(), set.restraint(), request));
      }
      case ThrottleEffect.SendRelease(MessageId lease, String reason) ->
          engine
              .send(tracker, reason, new CommandAction.Reset(lease))
              .map(id -> pending(id, throttle, CommandPurpose.RELEASE, null, request));
      default -> Optional.empty();
    };
  }

  private PendingCommand pending(
      MessageId id,
      Throttle throttle,
      CommandPurpose purpose,
      @Nullable Restraint restraint,
      @Nullable PendingRequest request) {
    return new PendingCommand(
        id, throttle.host, purpose, throttle, restraint, request, engine.millis());
  }

  private static CommandAction action(
      HostTracker tracker, MappedDisk disk, ThrottleEffect.SendSet send) {
    return new CommandAction.Set(
        send.lease().id(),
        disk.domain(),
        disk.disk().vdev(),
        tracker.state.boot(),
        disk.workers().stream().map(Worker::id).toList(),
        send.restraint(),
        send.lease().leaseMillis());
  }

  private Decision decision(
      ThrottleEffect.RecordDecision effect, Throttle throttle, @Nullable Evaluation evaluation) {
    Decision decision =
        evaluation == null
            ? new Decision(
                engine.now.wall(),
                throttle.host,
                throttle.domain,
                throttle.disk.vdev(),
                effect.policy(),
                effect.verdict(),
                effect.lease(),
                effect.reason(),
                Map.of())
            : evaluation.decision(
                engine.now.wall(), effect.verdict(), effect.lease(), effect.reason());
    Refusal refusal = effect.refusal();
    return refusal == null ? decision : decision.refusedBy(refusal.check().wire());
  }
}
