package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.OperatorKey;
import io.blkwarden.model.Require;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A silence: suppresses notifications of matching alerts for a time. Stored in the bucket {@code
 * blkwarden-silences} under {@code silence.<id>}.
 *
 * @param id identity
 * @param by name of the operator
 * @param reason reason
 * @param at start
 * @param until end, at most {@link #LONGEST} after {@code at}
 * @param match matching alerts
 * @param requestedByKey NKey of the requesting user
 */
public record Silence(
    MessageId id,
    String by,
    String reason,
    Instant at,
    Instant until,
    Matcher match,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable OperatorKey requestedByKey)
    implements OperatorInput {
  /** Maximum duration. */
  public static final Duration LONGEST = Duration.ofDays(30);

  public Silence {
    Require.text(by, 255, "by");
    Require.text(reason, 1_000, "reason");
    if (!until.isAfter(at) || until.isAfter(at.plus(LONGEST))) {
      throw new IllegalArgumentException(
          "until: expected after at (%s) by at most %d days, found %s"
              .formatted(at, LONGEST.toDays(), until));
    }
  }

  /**
   * Patterns for an alert's labels with the wildcards {@code *} and {@code ?}. All given patterns
   * must match; at least one is required.
   *
   * @param host name of the host; {@code _fleet} for alerts about the fleet
   * @param policy name of the policy
   * @param domain name or UUID of the domain
   * @param severity {@code info}, {@code warning} or {@code critical}
   * @param role role of the disk
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Matcher(
      @Nullable String host,
      @Nullable String policy,
      @Nullable String domain,
      @Nullable String severity,
      @Nullable String role) {
    public Matcher {
      Require.optionalText(host, 255, "match.host");
      Require.optionalText(policy, 100, "match.policy");
      Require.optionalText(domain, 255, "match.domain");
      Require.optionalText(severity, 16, "match.severity");
      Require.optionalText(role, 16, "match.role");
      if (host == null && policy == null && domain == null && severity == null && role == null) {
        throw new IllegalArgumentException(
            "match: expected one of host, policy, domain, severity, role; found none");
      }
    }

    /** The given patterns by label. */
    public Map<String, String> patterns() {
      Map<String, String> patterns = new LinkedHashMap<>();
      put(patterns, "host", host);
      put(patterns, "policy", policy);
      put(patterns, "domain", domain);
      put(patterns, "severity", severity);
      put(patterns, "role", role);
      return patterns;
    }

    private static void put(Map<String, String> into, String label, @Nullable String pattern) {
      if (pattern != null) {
        into.put(label, pattern);
      }
    }
  }
}
