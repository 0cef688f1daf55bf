package io.blkwarden.controller.silence;

import io.blkwarden.controller.policy.Glob;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Silence;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A silence and its parsed patterns; immutable. */
final class SilenceMatcher {
  final Silence silence;
  private final Glob host;
  private final Glob policy;
  private final Glob domain;
  private final Glob severity;
  private final Glob role;

  SilenceMatcher(Silence silence) {
    this.silence = silence;
    this.host = glob(silence.match().host());
    this.policy = glob(silence.match().policy());
    this.domain = glob(silence.match().domain());
    this.severity = glob(silence.match().severity());
    this.role = glob(silence.match().role());
  }

  private static Glob glob(@Nullable String pattern) {
    return pattern == null ? Glob.ANY : new Glob(pattern);
  }

  boolean isActive(Instant now) {
    return !now.isBefore(silence.at()) && now.isBefore(silence.until());
  }

  /** Whether all patterns match; a label that the alert does not have matches only {@code *}. */
  boolean matches(Alert alert) {
    boolean named =
        alert.domain() == null
            ? domain.matches("")
            : domain.matches(alert.domain().name())
                || domain.matches(alert.domain().uuid().toString());
    return named
        && host.matches(alert.host().value())
        && policy.matches(alert.policy())
        && severity.matches(alert.severity().wire())
        && role.matches(alert.disk() == null ? "" : alert.disk().role().wire());
  }
}
