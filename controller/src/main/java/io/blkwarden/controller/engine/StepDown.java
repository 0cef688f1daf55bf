package io.blkwarden.controller.engine;

import io.blkwarden.controller.throttle.Decision;
import io.blkwarden.controller.throttle.Ladder;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Restraint;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Lets go of a disk step by step once its breach is over: down its ladder, then altogether.
 *
 * <p>A rung that the device ignores is no step. Each step has a short lease of its own, so that the
 * rest of the way needs nobody. A breach that begins meanwhile takes the throttle over.
 */
final class StepDown {
  /** How many steps' time the lease of each step runs. */
  private static final int LEASE_STEPS = 3;

  private static final String STILL = "the condition is still over";

  private final EngineState engine;
  private final LeaseRequests leases;

  /**
   * The way down.
   *
   * @param ladder of the policy whose breach is over
   * @param rung where the throttle stands on it
   * @param policy its name
   * @param dueMillis when the next step is due, on the monotonic clock
   */
  record Way(List<Restraint> ladder, int rung, String policy, long dueMillis) {}

  StepDown(EngineState engine, LeaseRequests leases) {
    this.engine = engine;
    this.leases = leases;
  }

  /** Takes the first step, or ends the throttle when there is none below where it stands. */
  void begin(HostTracker tracker, Evaluation over, Throttle held, String reason) {
    List<Restraint> ladder = over.policy.then().ladder();
    step(tracker, held, ladder, ladder.indexOf(held.restraint), over.policy.name(), reason, over);
  }

  /** Takes the next step if it is due. */
  void drive(HostTracker tracker, Throttle held) {
    Way way = held.way;
    if (way != null && held.held() && held.pending == null && engine.millis() >= way.dueMillis()) {
      step(tracker, held, way.ladder(), way.rung(), way.policy(), STILL, null);
    }
  }

  private void step(
      HostTracker tracker,
      Throttle held,
      List<Restraint> ladder,
      int from,
      String policy,
      String reason,
      @Nullable Evaluation over) {
    held.way = null;
    OptionalInt row = tracker.state.rowOf(held.disk);
    MappedDisk disk = row.isPresent() ? tracker.state.disk(row.getAsInt()) : null;
    boolean may =
        held.held()
            && engine.epoch().isPresent()
            && disk != null
            && !disk.workers().isEmpty()
            && !tracker.state.map().gap();
    OptionalInt lower =
        may && disk != null
            ? Ladder.below(
                ladder,
                from,
                disk.physical(),
                tracker.limits,
                rung -> tracker.harms.block(disk.physical(), rung, engine.millis()))
            : OptionalInt.empty();
    if (disk == null || lower.isEmpty()) {
      leases.release(tracker, held, "policy " + policy + ": " + reason, null);
      note(tracker, held, policy, Decision.Verdict.RELEASE, reason, over);
      return;
    }
    Restraint softer = ladder.get(lower.getAsInt());
    long stepMillis = engine.settings.effectWindowMillis() + engine.settings.settleMillis();
    held.leaseMillis = Math.max(LeaseRequests.MIN_MILLIS, LEASE_STEPS * stepMillis);
    held.way = new Way(ladder, lower.getAsInt(), policy, engine.millis() + stepMillis);
    held.effectOpen = false;
    leases.set(tracker, held, disk, softer, PendingCommand.Purpose.MOVE);
    note(
        tracker,
        held,
        policy,
        Decision.Verdict.EASE,
        "%s: %s is eased to %s".formatted(reason, held.restraint, softer),
        over);
  }

  private void note(
      HostTracker tracker,
      Throttle held,
      String policy,
      Decision.Verdict verdict,
      String reason,
      @Nullable Evaluation over) {
    Decision decision =
        over != null
            ? SampleHandler.decision(engine, tracker, over, verdict, held, reason)
            : new Decision(
                engine.now().wall(),
                tracker.host(),
                held.domain,
                held.disk.vdev(),
                policy,
                verdict,
                held.lease,
                reason,
                Map.of());
    engine.add(new Effect.RecordDecision(decision));
  }
}
