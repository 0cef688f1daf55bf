package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.blkwarden.model.HostId;
import io.blkwarden.model.Require;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request for a page of stored messages, on {@code replay.<kind>}, by request and reply.
 *
 * @param cursor continues after this record; the oldest record if neither this nor {@code since} is
 *     given
 * @param since starts with the first record stored at or after this time; ignored with a cursor
 * @param until ends before the first record stored at or after this time
 * @param host only records of this host; {@code _fleet} for the fleet's own
 * @param contains only records whose JSON contains any of these texts
 * @param limit maximum number of records, {@link #LIMIT_DEFAULT} if absent
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ReplayRequest(
    @Nullable String cursor,
    @Nullable Instant since,
    @Nullable Instant until,
    @Nullable HostId host,
    @Nullable List<String> contains,
    @Nullable Integer limit)
    implements ControlMessage {
  /** Maximum number of records of a page. */
  public static final int LIMIT_MAX = 1_000;

  /** Default number of records of a page. */
  public static final int LIMIT_DEFAULT = 256;

  /** Maximum number of texts to search. */
  public static final int CONTAINS_MAX = 64;

  public ReplayRequest {
    Require.optionalText(cursor, 64, "cursor");
    if (contains != null) {
      contains = Require.list(contains, CONTAINS_MAX, "contains");
      Require.within(contains.size(), 1, CONTAINS_MAX, "contains (count)");
      contains.forEach(text -> Require.text(text, 1_024, "contains"));
    }
    if (limit != null) {
      Require.within(limit, 1, LIMIT_MAX, "limit");
    }
  }

  /** All records since a time, or from the oldest if absent. */
  public static ReplayRequest since(@Nullable Instant since) {
    return new ReplayRequest(null, since, null, null, null, null);
  }

  /** A copy for records that contain one of the texts. */
  public ReplayRequest containing(List<String> texts) {
    return new ReplayRequest(cursor, since, until, host, texts, limit);
  }

  /** A copy that continues after a record. */
  public ReplayRequest after(String last) {
    return new ReplayRequest(last, since, until, host, contains, limit);
  }

  /** The effective limit. */
  public int limitOrDefault() {
    return limit == null ? LIMIT_DEFAULT : limit;
  }
}
