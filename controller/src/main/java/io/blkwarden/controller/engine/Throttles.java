package io.blkwarden.controller.engine;

import io.blkwarden.controller.alert.AlertEvent;
import io.blkwarden.controller.throttle.CommandPurpose;
import io.blkwarden.controller.throttle.Decision;
import io.blkwarden.controller.throttle.Lease;
import io.blkwarden.controller.throttle.ThrottleEffect;
import io.blkwarden.controller.throttle.ThrottleEvent;
import io.blkwarden.controller.throttle.ThrottleMachine;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.Worker;
import io.blkwarden.model.message.CommandAction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Feeds events to the state machine of throttles and carries out its effects. */
record Throttles(EngineState engine) {
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
        engine.throttles.remove(throttle, before.id(), engine.millis());
      }
      return;
    }
    ThrottleMachine.Transition next =
        ThrottleMachine.next(
            throttle.state,
            throttle.attempts,
            event,
            new DiskInputs(engine, tracker, throttle, evaluation));
    // sent before the state changes: a fault in it, at most one a transition, leaves both
    List<PendingCommand> sends = new ArrayList<>();
    for (ThrottleEffect effect : next.effects()) {
      command(effect, tracker, throttle, request).ifPresent(sends::add);
    }
    throttle.state = next.state();
    throttle.attempts = next.attempts();
    Lease after = throttle.lease();
    if (before == null && after != null) {
      engine.throttles.add(throttle, after.id());
    } else if (before != null && after == null) {
      engine.throttles.remove(throttle, before.id(), engine.millis());
    }
    sends.forEach(engine.throttles::sent);
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
          engine.record(decision(decision, tracker, throttle, evaluation));
      case ThrottleEffect.RefreshAlert _ -> {
        Evaluation owner = throttle.owner;
        if (owner != null && owner.breach != null && owner.breach.throttle == throttle) {
          owner.breach.apply(new AlertEvent.Refreshed());
        }
      }
      case ThrottleEffect.NoteHarm(Restraint step) -> {
        MappedDisk disk = disk(tracker, throttle);
        if (disk != null) {
          long until = engine.millis() + EngineSettings.HARM_REST_MILLIS;
          tracker.harmfulSteps.note(disk.physical(), step, until);
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
        MappedDisk disk = disk(tracker, throttle);
        yield disk == null
            ? Optional.empty()
            : engine
                .send(throttle.host, set.lease().reason(), action(tracker, disk, set))
                .map(id -> pending(id, throttle, set.purpose(), set.restraint(), request));
      }
      case ThrottleEffect.SendRelease(MessageId lease, String reason) ->
          engine
              .send(throttle.host, reason, new CommandAction.Reset(lease))
              .map(id -> pending(id, throttle, CommandPurpose.RELEASE, null, request));
      case ThrottleEffect.RecordDecision _,
          ThrottleEffect.RefreshAlert _,
          ThrottleEffect.NoteHarm _,
          ThrottleEffect.RequestMap _ ->
          Optional.empty();
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

  private static @Nullable MappedDisk disk(HostTracker tracker, Throttle throttle) {
    var row = tracker.state.rowOf(throttle.disk);
    return row.isPresent() ? tracker.state.disk(row.getAsInt()) : null;
  }

  private static CommandAction action(
      HostTracker tracker, MappedDisk disk, ThrottleEffect.SendSet send) {
    return new CommandAction.Set(
        send.lease().id(),
        disk.domain(),
        disk.disk().vdev(),
        tracker.state.map().boot(),
        disk.workers().stream().map(Worker::id).toList(),
        send.restraint(),
        send.lease().leaseMillis());
  }

  private Decision decision(
      ThrottleEffect.RecordDecision effect,
      HostTracker tracker,
      Throttle throttle,
      @Nullable Evaluation evaluation) {
    Decision decision =
        evaluation != null
            ? SampleHandler.decision(
                engine, tracker, evaluation, effect.verdict(), effect.lease(), effect.reason())
            : of(effect, throttle);
    return effect.refusal() == null
        ? decision
        : decision.refusedBy(effect.refusal().check().wire());
  }

  private Decision of(ThrottleEffect.RecordDecision by, Throttle of) {
    Instant now = engine.now.wall();
    String vdev = of.disk.vdev();
    MessageId lease = by.lease();
    return new Decision(
        now, of.host, of.domain, vdev, by.policy(), by.verdict(), lease, by.reason(), Map.of());
  }
}
