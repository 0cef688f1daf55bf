package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.OperatorKey;
import io.blkwarden.model.Require;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An acknowledgement of an alert or of all alerts of an incident, stored in the bucket {@code
 * blkwarden-silences} under {@code ack.<about>}.
 *
 * @param about id of the alert or incident
 * @param by name of the operator
 * @param reason reason
 * @param at time; valid for {@link #LONGEST}
 * @param requestedByKey NKey of the requesting user
 */
public record Ack(
    MessageId about,
    String by,
    String reason,
    Instant at,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable OperatorKey requestedByKey)
    implements OperatorInput {
  /** Validity, equal to the retention of the alert stream. */
  public static final Duration LONGEST = Duration.ofDays(30);

  public Ack {
    Require.text(by, 255, "by");
    Require.text(reason, 1_000, "reason");
  }
}
