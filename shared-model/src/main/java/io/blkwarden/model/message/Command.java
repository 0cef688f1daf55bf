package io.blkwarden.model.message;

import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Require;
import java.time.Instant;

/**
 * What a controller asks of one host's agent; the agent answers with an {@link Outcome}.
 *
 * <p>Idempotent by {@code id}: the same id again gets the same outcome and is not done twice.
 *
 * @param id identity of the command
 * @param host whom it is for; another host's agent refuses it
 * @param epoch the issuer's claim: an agent refuses an epoch below the highest it has seen
 * @param issuedBy who issued it, for the record
 * @param issuedAt when, by the issuer's clock
 * @param expiresInMs how long after its arrival it may still be carried out, 1 to 600,000 ms
 * @param reason why, in a sentence
 * @param action what to do
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
    Require.present(id, "id");
    Require.present(host, "host");
    Require.within(epoch, 0, Long.MAX_VALUE, "epoch");
    Require.text(issuedBy, 255, "issued_by");
    Require.present(issuedAt, "issued_at");
    Require.within(expiresInMs, 1, 600_000, "expires_in_ms");
    Require.text(reason, 1_000, "reason");
    Require.present(action, "action");
  }
}
