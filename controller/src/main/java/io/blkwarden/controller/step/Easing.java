package io.blkwarden.controller.step;

import io.blkwarden.controller.plan.Decision;
import io.blkwarden.controller.plan.Ladder;
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
final class Easing {
  /** How many steps' time the lease of each step runs. */
  private static final int LEASE_STEPS = 3;

  private static final String STILL = "the condition is still over";

  private final World world;
  private final Leases leases;

  /**
   * The way down.
   *
   * @param ladder of the policy whose breach is over
   * @param rung where the throttle stands on it
   * @param policy its name
   * @param dueMillis when the next step is due, on the monotonic clock
   */
  record Way(List<Restraint> ladder, int rung, String policy, long dueMillis) {}

  Easing(World world, Leases leases) {
    this.world = world;
    this.leases = leases;
  }

  /** Takes the first step, or ends the throttle when there is none below where it stands. */
  void begin(HostWatch watch, Case over, Throttle held, String reason) {
    List<Restraint> ladder = over.policy.then().ladder();
    step(watch, held, ladder, ladder.indexOf(held.restraint), over.policy.name(), reason, over);
  }

  /** Takes the next step if it is due. */
  void drive(HostWatch watch, Throttle held) {
    Way way = held.way;
    if (way != null && held.held() && held.pending == null && world.millis() >= way.dueMillis()) {
      step(watch, held, way.ladder(), way.rung(), way.policy(), STILL, null);
    }
  }

  private void step(
      HostWatch watch,
      Throttle held,
      List<Restraint> ladder,
      int from,
      String policy,
      String reason,
      @Nullable Case over) {
    held.way = null;
    OptionalInt row = watch.state.rowOf(held.disk);
    MappedDisk disk = row.isPresent() ? watch.state.disk(row.getAsInt()) : null;
    boolean may =
        held.held()
            && world.claim().isPresent()
            && disk != null
            && !disk.workers().isEmpty()
            && !watch.state.map().gap();
    OptionalInt lower =
        may && disk != null
            ? Ladder.below(
                ladder,
                from,
                disk.physical(),
                watch.limits,
                rung -> watch.harms.block(disk.physical(), rung, world.millis()))
            : OptionalInt.empty();
    if (disk == null || lower.isEmpty()) {
      leases.release(watch, held, "policy " + policy + ": " + reason, null);
      note(watch, held, policy, Decision.Verdict.RELEASE, reason, over);
      return;
    }
    Restraint softer = ladder.get(lower.getAsInt());
    long stepMillis = world.settings.effectWindowMillis() + world.settings.settleMillis();
    held.leaseMillis = Math.max(Leases.MIN_MILLIS, LEASE_STEPS * stepMillis);
    held.way = new Way(ladder, lower.getAsInt(), policy, world.millis() + stepMillis);
    held.effectOpen = false;
    leases.set(watch, held, disk, softer, Pending.Purpose.MOVE);
    note(
        watch,
        held,
        policy,
        Decision.Verdict.EASE,
        "%s: %s is eased to %s".formatted(reason, held.restraint, softer),
        over);
  }

  private void note(
      HostWatch watch,
      Throttle held,
      String policy,
      Decision.Verdict verdict,
      String reason,
      @Nullable Case over) {
    Decision decision =
        over != null
            ? Sampling.decision(world, watch, over, verdict, held, reason)
            : new Decision(
                world.now().wall(),
                watch.host(),
                held.domain,
                held.disk.vdev(),
                policy,
                verdict,
                held.lease,
                reason,
                Map.of());
    world.add(new Effect.Note(decision));
  }
}
