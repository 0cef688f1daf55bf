package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.OperatorKey;
import io.blkwarden.model.Require;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A person's word to have taken an alert, or all alerts of an incident, on; kept in the bucket
 * {@code blkwarden-silences} under {@code ack.<about>}.
 *
 * @param about id of the alert or of the incident
 * @param by who said so
 * @param reason why
 * @param at when; it counts for {@link #LONGEST}
 * @param requestedByKey NKey of the user who acknowledged
 */
public record Ack(
    MessageId about,
    String by,
    String reason,
    Instant at,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable OperatorKey requestedByKey)
    implements OperatorInput {
  /** How long it counts: as long as the stream of alerts goes back. */
  public static final Duration LONGEST = Duration.ofDays(30);

  public Ack {
    Require.present(about, "about");
    Require.text(by, 255, "by");
    Require.text(reason, 1_000, "reason");
    Require.present(at, "at");
  }

  /** An acknowledgement of a server without users. */
  public Ack(MessageId about, String by, String reason, Instant at) {
    this(about, by, reason, at, null);
  }
}
