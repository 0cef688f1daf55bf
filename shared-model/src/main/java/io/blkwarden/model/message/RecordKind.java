package io.blkwarden.model.message;

import java.util.Arrays;
import java.util.Optional;

/** The kinds of stored messages, each a stream or bucket. */
public enum RecordKind {
  /** Alerts. */
  ALERT("alert"),
  /** Decisions of controllers. */
  DECISION("decision"),
  /** Outcomes of agents. */
  OUTCOME("outcome"),
  /** The last mapping of each host. */
  MAPPING("mapping"),
  /** Silences, acknowledgements and the pause. */
  SILENCE("silence");

  private final String wire;

  RecordKind(String wire) {
    this.wire = wire;
  }

  /** Token of the subject after {@code replay}. */
  public String wire() {
    return wire;
  }

  /** The kind with that name. */
  public static Optional<RecordKind> named(String name) {
    return Arrays.stream(values()).filter(kind -> kind.wire.equals(name)).findFirst();
  }
}
