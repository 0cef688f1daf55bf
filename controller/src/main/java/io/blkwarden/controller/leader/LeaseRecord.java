package io.blkwarden.controller.leader;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The entry {@code controller} of the bucket {@code blkwarden-claim}, such as {@code 1795376705 c1
 * 3f0a…}.
 *
 * @param epoch of the leader, above 0
 * @param instance name of the leader
 * @param run random for each start, which tells apart controllers of the same name
 */
record LeaseRecord(long epoch, String instance, String run) {
  private static final Pattern FORM =
      Pattern.compile("([1-9][0-9]{0,17}) ([A-Za-z0-9_.-]{1,64}) ([A-Za-z0-9-]{1,64})");

  /** The run of a released lease. */
  private static final String RELEASED = "released";

  /** The same lease, released: any controller may acquire it at once. */
  LeaseRecord asReleased() {
    return new LeaseRecord(epoch, instance, RELEASED);
  }

  boolean isReleased() {
    return run.equals(RELEASED);
  }

  static Optional<LeaseRecord> parse(byte[] bytes) {
    Matcher m = FORM.matcher(new String(bytes, StandardCharsets.US_ASCII));
    return m.matches()
        ? Optional.of(new LeaseRecord(Long.parseLong(m.group(1)), m.group(2), m.group(3)))
        : Optional.empty();
  }

  byte[] toBytes() {
    return "%d %s %s".formatted(epoch, instance, run).getBytes(StandardCharsets.US_ASCII);
  }
}
