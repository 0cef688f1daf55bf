package io.blkwarden.controller.step;

import io.blkwarden.model.DiskKey;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Heartbeat;
import java.util.HashSet;
import java.util.Set;

/** Takes heartbeats: finds leases that it did not know, and misses those that are gone. */
final class Beats {
  private static final long YOUNG_MILLIS = 10_000;
  private static final int BEATS_WITHOUT_MAX = 2;

  private final World world;
  private final Outcomes outcomes;
  private final HostProblems problems;
  private final DuplicateHosts duplicates;

  Beats(World world, Outcomes outcomes, HostProblems problems, DuplicateHosts duplicates) {
    this.world = world;
    this.outcomes = outcomes;
    this.problems = problems;
    this.duplicates = duplicates;
  }

  void take(Heartbeat beat) {
    world.watch(beat.host()).ifPresent(watch -> take(watch, beat));
  }

  private void take(HostWatch watch, Heartbeat beat) {
    if (!duplicates.usable(watch, beat.run(), beat.boot())) {
      return;
    }
    watch.acting = beat.acting();
    watch.limits = Boolean.TRUE.equals(beat.limitAvailable());
    watch.epochSeen = beat.epoch();
    problems.take(watch, beat);
    if (world.claim().isPresent() && beat.epoch() < world.claim().getAsLong()) {
      world.tellClaim(watch, new CommandAction.Revision(beat.run(), beat.revision()));
    } else {
      watch.claimWish.answered();
    }
    if (watch.missed) {
      world.wantSnapshot(watch);
    }
    Set<MessageId> held = new HashSet<>();
    for (Heartbeat.HeldThrottle each : beat.throttles()) {
      held.add(each.lease());
      adopt(watch, each);
    }
    for (Throttle throttle : world.throttles.ofHost(watch.host())) {
      miss(throttle, held.contains(throttle.lease));
    }
  }

  /** What is left of a lease; none lasts longer than the longest, whatever a host tells. */
  private static long remainingMillis(Heartbeat.HeldThrottle held) {
    return Math.clamp(held.remainingMs(), 0, CommandAction.Set.MAX_LEASE_MS);
  }

  private void adopt(HostWatch watch, Heartbeat.HeldThrottle held) {
    long remaining = remainingMillis(held);
    DiskKey disk = DiskKey.of(held.domain(), held.vdev());
    Throttle own = world.throttles.lease(held.lease());
    if (own != null && own.host.equals(watch.host())) {
      // another controller may have renewed it: it counts for as long as the host holds it
      own.endsMillis = Math.max(own.endsMillis, world.millis() + remaining);
    }
    boolean known =
        own != null
            || world.throttles.endedSince(held.lease(), world.millis() - YOUNG_MILLIS)
            || world.throttles.of(watch.host(), disk) != null;
    if (known || remaining == 0) {
      return;
    }
    Throttle found =
        new Throttle(
            held.lease(),
            watch.host(),
            held.domain(),
            disk,
            held.restraint(),
            "held already when this controller began",
            Throttle.Stage.HELD);
    found.leaseMillis = Math.max(1_000, remaining);
    found.heldSinceMillis = world.millis();
    found.endsMillis = world.millis() + remaining;
    found.renewMillis = world.millis() + remaining / 2;
    world.throttles.add(found);
  }

  private void miss(Throttle throttle, boolean listed) {
    boolean settled =
        throttle.pending == null && world.millis() - throttle.heldSinceMillis > YOUNG_MILLIS;
    throttle.beatsWithout = listed || !settled ? 0 : throttle.beatsWithout + 1;
    if (throttle.beatsWithout >= BEATS_WITHOUT_MAX) {
      boolean wanted = throttle.stage == Throttle.Stage.ENDING;
      outcomes.ended(throttle, "the host's agent does not hold it any more", false, wanted);
    }
  }
}
