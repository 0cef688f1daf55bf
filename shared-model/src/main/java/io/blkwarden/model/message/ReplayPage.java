package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.blkwarden.model.JsonText;
import io.blkwarden.model.Require;
import io.blkwarden.model.message.OperatorReply.Verdict;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A controller's answer to a {@link ReplayRequest}: stored messages in the order of their stream.
 *
 * @param verdict whether the request was carried out
 * @param detail one-sentence description
 * @param records oldest first; empty if the request was not carried out
 * @param cursor where the next page starts; absent if the request was not carried out
 * @param more whether further records exist
 * @param gap whether records after the request's cursor are no longer stored
 */
public record ReplayPage(
    Verdict verdict,
    String detail,
    List<Stored> records,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String cursor,
    boolean more,
    boolean gap)
    implements ControlMessage {
  /** Maximum number of strings of a compressed message. */
  public static final int GZIP_PARTS_MAX = 64;

  /** Maximum length of such a string. */
  public static final int GZIP_PART_MAX = 16_000;

  public ReplayPage {
    Require.text(detail, 2_000, "detail");
    records = Require.list(records, ReplayRequest.LIMIT_MAX, "records");
    Require.optionalText(cursor, 64, "cursor");
  }

  /** The reply to a request that was not carried out. */
  public ReplayPage(Verdict verdict, String detail) {
    this(verdict, detail, List.of(), null, false, false);
  }

  /**
   * A stored message. Exactly one of {@code message}, {@code gzip} and {@code problem} is given.
   *
   * @param cursor of this record
   * @param at when NATS stored it
   * @param id its {@code Nats-Msg-Id}; absent if it has none
   * @param message as it was published
   * @param gzip a long message, compressed with gzip, in Base64, split into strings
   * @param problem why the message is missing, such as {@code unreadable} or {@code too-large}
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Stored(
      String cursor,
      Instant at,
      @Nullable String id,
      @Nullable JsonText message,
      @Nullable List<String> gzip,
      @Nullable String problem) {
    public Stored {
      Require.text(cursor, 64, "records.cursor");
      Require.optionalText(id, 255, "records.id");
      Require.optionalText(problem, 64, "records.problem");
      if (gzip != null) {
        gzip = Require.list(gzip, GZIP_PARTS_MAX, "records.gzip");
      }
      if ((message == null ? 0 : 1) + (gzip == null ? 0 : 1) + (problem == null ? 0 : 1) != 1) {
        throw new IllegalArgumentException(
            "records: expected exactly one of message, gzip and problem");
      }
    }
  }
}
