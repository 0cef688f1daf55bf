package io.blkwarden.agent.mapping;

import io.blkwarden.model.Require;

/**
 * Something that a scan looked for and could not read, and so left out and did not guess.
 *
 * @param source which file or node
 * @param reason what was expected, and what was found or failed; at most 500 characters
 * @param essential whether proofs need it: without it a thread or a disk may go unseen, so nothing
 *     that rests on being the only one holds
 */
public record UnreadSource(String source, String reason, boolean essential) {
  private static final int LONGEST = 500;

  public UnreadSource {
    Require.present(source, "unread.source");
    Require.present(reason, "unread.reason");
    reason = reason.length() > LONGEST ? reason.substring(0, LONGEST) : reason;
  }
}
