package io.blkwarden.controller.policy.read;

import io.blkwarden.model.Require;

/**
 * A policy file as it was read.
 *
 * @param name what problems call it, such as {@code swap.yaml}
 * @param text its content, any length; too long is a problem, not an error here
 */
public record PolicyFile(String name, String text) {
  public PolicyFile {
    Require.text(name, 1_024, "name");
    Require.present(text, "text");
  }
}
