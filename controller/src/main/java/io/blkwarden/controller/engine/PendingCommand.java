package io.blkwarden.controller.engine;

import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import org.jspecify.annotations.Nullable;

/**
 * A command that no outcome came for yet.
 *
 * @param command its identity
 * @param host whom it was sent to
 * @param purpose what for
 * @param throttle which lease; absent for {@code release-all}
 * @param restraint what it sets; absent when it sets none
 * @param pendingRequest the person's request that waits for it, if any
 * @param sentMillis when, on the monotonic clock
 */
record PendingCommand(
    MessageId command,
    HostId host,
    Purpose purpose,
    @Nullable Throttle throttle,
    @Nullable Restraint restraint,
    @Nullable PendingRequest pendingRequest,
    long sentMillis) {
  /** What a command is for. */
  enum Purpose {
    START,
    /** To another rung of its ladder. */
    MOVE,
    RENEW,
    RELEASE,
    RELEASE_ALL
  }
}
