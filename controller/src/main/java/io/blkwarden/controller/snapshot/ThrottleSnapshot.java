package io.blkwarden.controller.snapshot;

import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A lease as the controller knows it.
 *
 * @param lease identity
 * @param host where
 * @param domain whose disk
 * @param vdev which disk
 * @param restraint what is set, such as {@code idle} or {@code limit 20/s}
 * @param stage {@code requested}, {@code held} or {@code ending}
 * @param policy the policy that owns it; absent for an operator's, and for a found one
 * @param person operator who requested it; absent for a policy's
 * @param reason why, in words
 * @param since start or last change, by the controller's clock
 * @param ends expiry, by the controller's clock
 * @param alert its alert; absent without one
 * @param effect its effect; absent when that is not evaluated
 * @param note why it has this effect; absent when that is not evaluated
 * @param neighboursBeforeMs mean time of an I/O of the disk's neighbours before; absent when
 *     unknown
 * @param neighboursAfterMs as {@code neighboursBeforeMs}, after
 */
public record ThrottleSnapshot(
    MessageId lease,
    HostId host,
    DomainRef domain,
    String vdev,
    String restraint,
    String stage,
    @Nullable String policy,
    @Nullable String person,
    String reason,
    Instant since,
    Instant ends,
    @Nullable MessageId alert,
    Alert.@Nullable Effect effect,
    @Nullable String note,
    @Nullable Double neighboursBeforeMs,
    @Nullable Double neighboursAfterMs) {
  /** Whether the agent has set it. */
  public boolean inForce() {
    return !stage.equals("requested");
  }
}
