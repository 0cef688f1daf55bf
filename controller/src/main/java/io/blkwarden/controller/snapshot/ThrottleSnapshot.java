package io.blkwarden.controller.snapshot;

import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A lease as the controller believes it to be.
 *
 * @param lease identity
 * @param host where
 * @param domain whose disk
 * @param vdev which disk
 * @param restraint what is set, such as {@code idle} or {@code limit 20/s}
 * @param stage {@code requested}, {@code held} or {@code ending}
 * @param policy whose breach it serves; absent for a person's, and for one that was found
 * @param person who asked for it; absent for a policy's
 * @param reason why, in a sentence
 * @param ends when it ends by itself, by the controller's clock
 * @param alert the alert that tells of it; absent when none does
 * @param effect what it changed; absent when that is not judged
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
    Instant ends,
    @Nullable MessageId alert,
    Alert.@Nullable Effect effect) {}
