package io.blkwarden.controller.notify.settings;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A token that is never printed. */
public final class Secret {
  private final String text;

  /** Creates a secret. */
  public Secret(String text) {
    this.text = text;
  }

  /** Compares in constant time. */
  public boolean matches(String given) {
    return MessageDigest.isEqual(
        text.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
  }

  /** The text of the secret. */
  public String reveal() {
    return text;
  }

  @Override
  public String toString() {
    return "***";
  }
}
