package io.blkwarden.model.message;

import io.blkwarden.model.WireName;
import java.util.Arrays;
import java.util.Optional;

/** The kinds of stored messages, each a stream or bucket. */
public enum RecordKind implements WireName {
  /** Alerts. */
  ALERT,
  /** Decisions of controllers. */
  DECISION,
  /** Outcomes of agents. */
  OUTCOME,
  /** The last mapping of each host. */
  MAPPING,
  /** Silences, acknowledgements and the pause. */
  SILENCE;

  /** The kind with that name. */
  public static Optional<RecordKind> named(String name) {
    return Arrays.stream(values()).filter(kind -> kind.wire().equals(name)).findFirst();
  }
}
