package io.blkwarden.model.subject;

import io.blkwarden.model.HostId;
import io.blkwarden.model.Require;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The NATS subjects of one blkwarden installation.
 *
 * @param prefix what all subjects start with: 1 to 8 plain tokens joined by dots
 */
public record Subjects(String prefix) {
  /** The prefix unless configured otherwise. */
  public static final Subjects DEFAULT = new Subjects("blkwarden.v1");

  public Subjects {
    Require.text(prefix, 100, "subject prefix");
    if (!prefix.matches("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+){0,7}")) {
      throw new IllegalArgumentException(
          "subject prefix: expected plain tokens joined by dots, found '%s'".formatted(prefix));
    }
  }

  /** Where a host's samples go. */
  public String sample(HostId host) {
    return "%s.sample.%d.%s".formatted(prefix, Partition.of(host), HostToken.encode(host));
  }

  /** All hosts' samples. */
  public String allSamples() {
    return prefix + ".sample.*.*";
  }

  /** Where a host's mapping events of one kind go, such as {@code snapshot}. */
  public String mapping(HostId host, String event) {
    return "%s.mapping.%d.%s.%s"
        .formatted(prefix, Partition.of(host), HostToken.encode(host), event);
  }

  /** All hosts' mapping events. */
  public String allMappings() {
    return prefix + ".mapping.*.*.*";
  }

  /** Where a host's heartbeat goes. */
  public String heartbeat(HostId host) {
    return "%s.agent.%d.%s".formatted(prefix, Partition.of(host), HostToken.encode(host));
  }

  /** All hosts' heartbeats. */
  public String allHeartbeats() {
    return prefix + ".agent.*.*";
  }

  /** Where a host's agent hears its commands. */
  public String command(HostId host) {
    return "%s.command.%s".formatted(prefix, HostToken.encode(host));
  }

  /** Where a host's outcomes go. */
  public String outcome(HostId host) {
    return "%s.outcome.%s".formatted(prefix, HostToken.encode(host));
  }

  /** All hosts' outcomes. */
  public String allOutcomes() {
    return prefix + ".outcome.*";
  }

  /** Where an alert goes; host {@code _fleet} for the fleet's own. */
  public String alert(String severity, HostId host, String policy) {
    return "%s.alert.%s.%s.%s"
        .formatted(
            prefix,
            severity.toLowerCase(Locale.ROOT),
            HostToken.encode(host),
            HostToken.encode(policy));
  }

  /** All alerts. */
  public String allAlerts() {
    return prefix + ".alert.*.*.*";
  }

  /** Where decisions about a host go; host {@code _fleet} for those about the fleet. */
  public String decision(HostId host) {
    return "%s.decision.%s".formatted(prefix, HostToken.encode(host));
  }

  /** All decisions. */
  public String allDecisions() {
    return prefix + ".decision.*";
  }

  /** Where a controller answers an operator's request, such as {@code throttle}. */
  public String operator(String verb) {
    return prefix + ".operator." + verb;
  }

  /** All operators' requests. */
  public String allOperatorRequests() {
    return prefix + ".operator.*";
  }

  /**
   * Whether somebody waits for an answer there: the reply subject of a request that is to be
   * obeyed.
   *
   * <p>A stream's consumer can be made to deliver to any subject, a command's too, by people who
   * may not command; what it delivers is to be answered to {@code $JS.ACK}. An answer on a subject
   * of the installation would be a message of another kind.
   */
  public boolean isInbox(@Nullable String replyTo) {
    return replyTo != null && !replyTo.startsWith("$") && !replyTo.startsWith(prefix + ".");
  }

  /**
   * The host of a subject whose host stands in token {@code index} behind the prefix (sample,
   * mapping and agent: 2; outcome and command: 1; alert: 2).
   *
   * @throws IllegalArgumentException if the subject has no such token or it is no host token
   */
  public HostId hostOf(String subject, int index) {
    if (!subject.startsWith(prefix + ".")) {
      throw new IllegalArgumentException(
          "subject: expected prefix %s in %s".formatted(prefix, subject));
    }
    String[] tokens = subject.substring(prefix.length() + 1).split("\\.", -1);
    if (index >= tokens.length) {
      throw new IllegalArgumentException(
          "subject: expected a host in token %d of %s".formatted(index, subject));
    }
    return HostToken.decode(tokens[index]);
  }
}
