package io.blkwarden.model.message;

import io.blkwarden.model.OperatorKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Operator state that outlives its request: a silence, an acknowledgement or the pause. Stored in
 * the bucket {@code blkwarden-silences}.
 */
public sealed interface OperatorInput extends ControlMessage permits Silence, Ack, Pause {
  /** Name of the operator as given in the request, unverified. */
  String by();

  /** One-sentence reason. */
  String reason();

  /** When the request was carried out. */
  Instant at();

  /** NKey of the requesting user, from the subject; absent on a server without users. */
  @Nullable OperatorKey requestedByKey();
}
