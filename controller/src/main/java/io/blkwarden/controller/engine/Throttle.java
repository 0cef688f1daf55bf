package io.blkwarden.controller.engine;

import io.blkwarden.controller.throttle.Attempts;
import io.blkwarden.controller.throttle.Lease;
import io.blkwarden.controller.throttle.ThrottleState;
import io.blkwarden.model.DiskKey;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import org.jspecify.annotations.Nullable;

/** A disk's throttle: its state, and the breach that it serves; mutable. */
final class Throttle {
  final HostId host;
  final DomainRef domain;
  final DiskKey disk;

  /** The breach that it serves; absent for an operator's, and for one found in a heartbeat. */
  @Nullable Evaluation owner;

  /** Whether an operator on the host set it: no policy adopts, changes, releases or counts it. */
  final boolean local;

  /** Changed by {@link Throttles#apply} only, except for a new one. */
  ThrottleState state = new ThrottleState.Idle();

  Attempts attempts = Attempts.NONE;

  Throttle(HostId host, DomainRef domain, DiskKey disk, boolean local) {
    this.host = host;
    this.domain = domain;
    this.disk = disk;
    this.local = local;
  }

  static Throttle of(Evaluation owner) {
    Throttle throttle = new Throttle(owner.tracker.host(), owner.domain, owner.disk, false);
    throttle.owner = owner;
    return throttle;
  }

  /** Its lease; absent when it has none. */
  @Nullable Lease lease() {
    return state instanceof ThrottleState.Leased held ? held.lease() : null;
  }
}
