package io.blkwarden.controller.policy.yaml;

import io.blkwarden.model.Require;

/**
 * A file and its content.
 *
 * @param name as problems show it, such as {@code swap.yaml}
 * @param text its content, of any length
 */
public record PolicyFile(String name, String text) {
  public PolicyFile {
    Require.text(name, 1_024, "name");
  }
}
