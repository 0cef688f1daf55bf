package io.blkwarden.controller.bus;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands in the bucket {@code blkwarden-claim} under {@code controller}, as {@code 1795376705
 * c1 3f0a…}.
 *
 * @param epoch number of the claim, above 0
 * @param instance name of the controller that claimed
 * @param run random for each start of it, so that two of one name are told apart
 */
record LeaseRecord(long epoch, String instance, String run) {
  private static final Pattern FORM =
      Pattern.compile("([1-9][0-9]{0,17}) ([A-Za-z0-9_.-]{1,64}) ([A-Za-z0-9-]{1,64})");

  /** The run of a claim that was given up. */
  private static final String RELEASED = "released";

  /** The same claim, given up: any controller may claim at once. */
  LeaseRecord release() {
    return new LeaseRecord(epoch, instance, RELEASED);
  }

  /** Whether it was given up. */
  boolean released() {
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
