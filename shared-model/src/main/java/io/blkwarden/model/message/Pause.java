package io.blkwarden.model.message;

import io.blkwarden.model.Require;
import java.time.Instant;

/**
 * A person's word that nothing acts; kept in the bucket {@code blkwarden-silences} under {@code
 * pause} until it is taken back.
 *
 * @param by who said so
 * @param reason why
 * @param at when
 */
public record Pause(String by, String reason, Instant at) implements ControlMessage {
  public Pause {
    Require.text(by, 255, "by");
    Require.text(reason, 1_000, "reason");
    Require.present(at, "at");
  }
}
