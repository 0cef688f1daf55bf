package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.blkwarden.model.OperatorKey;
import io.blkwarden.model.Require;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The pause of enforcement, stored in the bucket {@code blkwarden-silences} under {@code pause}
 * until it ends.
 *
 * @param by name of the operator
 * @param reason reason
 * @param at time
 * @param requestedByKey NKey of the requesting user
 */
public record Pause(
    String by,
    String reason,
    Instant at,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable OperatorKey requestedByKey)
    implements OperatorInput {
  public Pause {
    Require.text(by, 255, "by");
    Require.text(reason, 1_000, "reason");
  }
}
