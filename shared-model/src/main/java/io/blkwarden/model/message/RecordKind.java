package io.blkwarden.model.message;

import java.util.Arrays;
import java.util.Optional;

/** What a controller replays, a stream or a bucket each. */
public enum RecordKind {
  /** Alerts. */
  ALERT("alert"),
  /** Decisions of controllers. */
  DECISION("decision"),
  /** Outcomes of agents. */
  OUTCOME("outcome"),
  /** The last map of each host. */
  MAPPING("mapping"),
  /** Silences, acknowledgements and the pause. */
  SILENCE("silence");

  private final String wire;

  RecordKind(String wire) {
    this.wire = wire;
  }

  /** Token of the subject behind {@code replay}. */
  public String wire() {
    return wire;
  }

  /** The kind of that name. */
  public static Optional<RecordKind> named(String name) {
    return Arrays.stream(values()).filter(kind -> kind.wire.equals(name)).findFirst();
  }
}
