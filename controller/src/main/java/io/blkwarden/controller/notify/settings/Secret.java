package io.blkwarden.controller.notify.settings;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A token that is never printed. */
public record Secret(String text) {
  /** Compares in constant time. */
  public boolean matches(String given) {
    return MessageDigest.isEqual(
        text.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "***";
  }
}
