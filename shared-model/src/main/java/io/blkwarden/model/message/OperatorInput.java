package io.blkwarden.model.message;

import io.blkwarden.model.OperatorKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Operator input that outlives its request: a silence, an acknowledgement or the pause; the
 * controller keeps it in the bucket {@code blkwarden-silences}.
 */
public sealed interface OperatorInput extends ControlMessage permits Silence, Ack, Pause {
  /** Name of the person, as the request gave it; nobody checks it. */
  String by();

  /** Why, in a sentence. */
  String reason();

  /** When the request was carried out. */
  Instant at();

  /** NKey of the user who sent the request, from its subject; absent on a server without users. */
  @Nullable OperatorKey requestedByKey();
}
