package io.blkwarden.controller.recording;

import io.blkwarden.model.Require;
import java.util.UUID;

/**
 * The header of a recording file.
 *
 * @param session random ID of a recorder run; its files share a monotonic clock
 * @param number index of the file in its session, from 0
 * @param startedAt start time of the file
 * @param prefix subject prefix, such as {@code blkwarden.v1}: 1 to 100 ASCII characters
 */
public record FileHeader(UUID session, int number, ReceiveTime startedAt, String prefix) {
  public FileHeader {
    Require.present(session, "session");
    Require.within(number, 0, Integer.MAX_VALUE, "number");
    Require.present(startedAt, "begun");
    Require.text(prefix, 100, "prefix");
    if (prefix.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new IllegalArgumentException("prefix: expected plain ASCII, found '" + prefix + "'");
    }
  }
}
