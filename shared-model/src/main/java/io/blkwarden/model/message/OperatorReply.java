package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonValue;
import io.blkwarden.model.Require;
import java.util.Locale;

/**
 * The controller's answer to an operator's request.
 *
 * @param verdict what became of it
 * @param detail all of it in a sentence
 */
public record OperatorReply(Verdict verdict, String detail) implements ControlMessage {
  public OperatorReply {
    Require.present(verdict, "verdict");
    Require.text(detail, 2_000, "detail");
  }

  /** What became of a request. */
  public enum Verdict {
    DONE,
    FAILED,
    /** A guard refused: mode, brake, protect list, mapping or the agent's gate. */
    REFUSED;

    /** Name in messages. */
    @JsonValue
    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
