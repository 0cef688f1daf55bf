package io.blkwarden.controller.engine;

import io.blkwarden.controller.throttle.Lease;
import io.blkwarden.controller.throttle.ThrottleEvent;
import io.blkwarden.controller.throttle.ThrottleState;
import io.blkwarden.model.DiskKey;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Heartbeat;
import java.util.Map;
import java.util.stream.Collectors;

/** Handles heartbeats: takes over unknown leases, and ends throttles whose lease is gone. */
record HeartbeatHandler(EngineState engine, Throttles throttles, HostProblems problems) {
  private static final long YOUNG_MILLIS = 10_000;

  void handle(Heartbeat beat) {
    HostTracker tracker = engine.tracker(beat.host());
    if (tracker == null || !problems.usable(tracker, beat.run(), beat.boot())) {
      return;
    }
    tracker.acting = beat.acting();
    tracker.limits = Boolean.TRUE.equals(beat.limitAvailable());
    Long longest = beat.maxLeaseMs();
    tracker.maxLeaseMillis =
        Math.max(longest == null ? 0 : longest, CommandAction.Set.USUAL_LEASE_MS);
    tracker.epochSeen = beat.epoch();
    problems.heartbeat(tracker, beat);
    if (engine.epoch.isPresent() && beat.epoch() < engine.epoch.getAsLong()) {
      engine.announceLeader(tracker, new CommandAction.Revision(beat.run(), beat.revision()));
    } else {
      tracker.leaderNotice.answered();
    }
    if (tracker.reportsDropped) {
      engine.requestMap(tracker);
    }
    beat.throttles().forEach(each -> adopt(tracker, each));
    Map<MessageId, Long> remaining =
        beat.throttles().stream()
            .collect(
                Collectors.toMap(
                    Heartbeat.HeldThrottle::lease,
                    HeartbeatHandler::remainingMillis,
                    (_, last) -> last));
    for (Throttle throttle : engine.throttleTable.ofHost(tracker.host())) {
      Lease lease = throttle.lease();
      if (lease != null) {
        Long left = remaining.get(lease.id());
        throttles.apply(
            throttle, new ThrottleEvent.Reported(left != null, left == null ? 0 : left));
      }
    }
  }

  /** The time left of a lease, at most the longest lease, whatever a host reports. */
  private static long remainingMillis(Heartbeat.HeldThrottle held) {
    return Math.clamp(held.remainingMs(), 0, CommandAction.Set.MAX_LEASE_MS);
  }

  /** Takes over a lease that this controller does not know, such as one of an earlier leader. */
  private void adopt(HostTracker tracker, Heartbeat.HeldThrottle held) {
    long remaining = remainingMillis(held);
    DiskKey disk = DiskKey.of(held.domain(), held.vdev());
    boolean known =
        engine.throttleTable.lease(held.lease()) != null
            || engine.throttleTable.endedSince(held.lease(), engine.millis() - YOUNG_MILLIS)
            || engine.throttleTable.of(tracker.host(), disk) != null;
    if (known || remaining == 0) {
      return;
    }
    Throttle found = new Throttle(tracker.host(), held.domain(), disk, held.local() != null);
    found.state =
        ThrottleState.InForce.found(
            Lease.found(
                held.lease(),
                held.restraint(),
                found.local ? "an operator on the host" : null,
                remaining,
                engine.millis()));
    engine.throttleTable.add(found, held.lease());
  }
}
