package io.blkwarden.controller.notify.settings;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A token that nothing prints. */
public final class Secret {
  private final String text;

  /** A secret of this text. */
  public Secret(String text) {
    this.text = text;
  }

  /** Whether this is it; takes the same time whatever differs. */
  public boolean matches(String given) {
    return MessageDigest.isEqual(
        text.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
  }

  /** The secret itself, for a request that needs it. */
  public String reveal() {
    return text;
  }

  @Override
  public String toString() {
    return "***";
  }
}
