package io.blkwarden.controller.engine;

import io.blkwarden.controller.throttle.CommandPurpose;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import org.jspecify.annotations.Nullable;

/**
 * A command without an outcome yet.
 *
 * @param command its identity
 * @param host it was sent to
 * @param purpose of the command
 * @param throttle it is for; absent for {@code release-all}
 * @param restraint that it sets; absent when it sets none
 * @param pendingRequest the operator's request that waits for it, if any
 * @param sentMillis when, on the monotonic clock
 */
record PendingCommand(
    MessageId command,
    HostId host,
    CommandPurpose purpose,
    @Nullable Throttle throttle,
    @Nullable Restraint restraint,
    @Nullable PendingRequest pendingRequest,
    long sentMillis) {}
