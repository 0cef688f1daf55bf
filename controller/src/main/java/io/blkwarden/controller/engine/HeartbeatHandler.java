package io.blkwarden.controller.engine;

import io.blkwarden.model.DiskKey;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Heartbeat;
import java.util.HashSet;
import java.util.Set;

/** Takes heartbeats: finds leases that it did not know, and misses those that are gone. */
final class HeartbeatHandler {
  private static final long YOUNG_MILLIS = 10_000;
  private static final int BEATS_WITHOUT_MAX = 2;

  private final EngineState engine;
  private final OutcomeHandler outcomes;
  private final HostProblems problems;
  private final DuplicateHosts duplicates;

  HeartbeatHandler(
      EngineState engine,
      OutcomeHandler outcomes,
      HostProblems problems,
      DuplicateHosts duplicates) {
    this.engine = engine;
    this.outcomes = outcomes;
    this.problems = problems;
    this.duplicates = duplicates;
  }

  void take(Heartbeat beat) {
    engine.tracker(beat.host()).ifPresent(tracker -> take(tracker, beat));
  }

  private void take(HostTracker tracker, Heartbeat beat) {
    if (!duplicates.usable(tracker, beat.run(), beat.boot())) {
      return;
    }
    tracker.acting = beat.acting();
    tracker.limits = Boolean.TRUE.equals(beat.limitAvailable());
    tracker.epochSeen = beat.epoch();
    problems.take(tracker, beat);
    if (engine.epoch().isPresent() && beat.epoch() < engine.epoch().getAsLong()) {
      engine.announceLeader(tracker, new CommandAction.Revision(beat.run(), beat.revision()));
    } else {
      tracker.leaderNotice.answered();
    }
    if (tracker.missed) {
      engine.requestMap(tracker);
    }
    Set<MessageId> held = new HashSet<>();
    for (Heartbeat.HeldThrottle each : beat.throttles()) {
      held.add(each.lease());
      adopt(tracker, each);
    }
    for (Throttle throttle : engine.throttles.ofHost(tracker.host())) {
      miss(throttle, held.contains(throttle.lease));
    }
  }

  /** What is left of a lease; none lasts longer than the longest, whatever a host tells. */
  private static long remainingMillis(Heartbeat.HeldThrottle held) {
    return Math.clamp(held.remainingMs(), 0, CommandAction.Set.MAX_LEASE_MS);
  }

  private void adopt(HostTracker tracker, Heartbeat.HeldThrottle held) {
    long remaining = remainingMillis(held);
    DiskKey disk = DiskKey.of(held.domain(), held.vdev());
    Throttle own = engine.throttles.lease(held.lease());
    if (own != null && own.host.equals(tracker.host())) {
      // another controller may have renewed it: it counts for as long as the host holds it
      own.endsMillis = Math.max(own.endsMillis, engine.millis() + remaining);
    }
    boolean known =
        own != null
            || engine.throttles.endedSince(held.lease(), engine.millis() - YOUNG_MILLIS)
            || engine.throttles.of(tracker.host(), disk) != null;
    if (known || remaining == 0) {
      return;
    }
    Throttle found =
        new Throttle(
            held.lease(),
            tracker.host(),
            held.domain(),
            disk,
            held.restraint(),
            "held already when this controller began",
            Throttle.Stage.HELD);
    found.leaseMillis = Math.max(1_000, remaining);
    found.heldSinceMillis = engine.millis();
    found.endsMillis = engine.millis() + remaining;
    found.renewMillis = engine.millis() + remaining / 2;
    engine.throttles.add(found);
  }

  private void miss(Throttle throttle, boolean listed) {
    boolean settled =
        throttle.pending == null && engine.millis() - throttle.heldSinceMillis > YOUNG_MILLIS;
    throttle.beatsWithout = listed || !settled ? 0 : throttle.beatsWithout + 1;
    if (throttle.beatsWithout >= BEATS_WITHOUT_MAX) {
      boolean wanted = throttle.stage == Throttle.Stage.ENDING;
      outcomes.ended(throttle, "the host's agent does not hold it any more", false, wanted);
    }
  }
}
