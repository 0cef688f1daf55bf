package io.blkwarden.controller.recording;

import io.blkwarden.model.Require;
import java.util.UUID;

/**
 * What the begin of a recording file says.
 *
 * @param session random for each start of the recorder; files of one session share a monotonic
 *     clock
 * @param number place of the file in its session, from 0
 * @param begun when the file was begun
 * @param prefix what all subjects began with, such as {@code blkwarden.v1}: 1 to 100 ASCII
 *     characters
 */
public record FileHeader(UUID session, int number, ReceiveTime begun, String prefix) {
  public FileHeader {
    Require.present(session, "session");
    Require.within(number, 0, Integer.MAX_VALUE, "number");
    Require.present(begun, "begun");
    Require.text(prefix, 100, "prefix");
    if (prefix.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new IllegalArgumentException("prefix: expected plain ASCII, found '" + prefix + "'");
    }
  }
}
