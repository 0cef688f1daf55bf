package io.blkwarden.model.message;

import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Require;
import java.time.Instant;

/**
 * A command from a controller to an agent, which answers with an {@link Outcome}.
 *
 * <p>Idempotent by {@code id}: a repeated command gets the same outcome and is not carried out
 * again.
 *
 * @param id identity of the command
 * @param host target host; agents of other hosts refuse it
 * @param epoch epoch of the issuer; agents refuse epochs below the highest seen
 * @param issuedBy name of the issuer
 * @param issuedAt time by the issuer's clock
 * @param expiresInMs validity after arrival, 1 to 600,000 ms
 * @param reason one-sentence reason
 * @param action requested action
 */
public record Command(
    MessageId id,
    HostId host,
    long epoch,
    String issuedBy,
    Instant issuedAt,
    long expiresInMs,
    String reason,
    CommandAction action)
    implements ControlMessage {
  public Command {
    Require.within(epoch, 0, Long.MAX_VALUE, "epoch");
    Require.text(issuedBy, 255, "issued_by");
    Require.within(expiresInMs, 1, 600_000, "expires_in_ms");
    Require.text(reason, 1_000, "reason");
  }
}
