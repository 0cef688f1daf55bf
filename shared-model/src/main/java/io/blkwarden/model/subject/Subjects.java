package io.blkwarden.model.subject;

import io.blkwarden.model.HostId;
import io.blkwarden.model.OperatorKey;
import io.blkwarden.model.Require;
import io.blkwarden.model.message.RecordKind;
import java.util.List;
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

  /** The same for a user of a server with permissions, which grants this key to this user only. */
  public String operator(String verb, OperatorKey key) {
    return "%s.operator.%s.%s".formatted(prefix, verb, key);
  }

  /** All operators' requests, without and with a key. */
  public List<String> allOperatorRequests() {
    return List.of(prefix + ".operator.*", prefix + ".operator.*.*");
  }

  /** Where a controller answers with pages of stored messages. */
  public String replay(RecordKind kind) {
    return prefix + ".replay." + kind.wire();
  }

  /** The same for a user of a server with permissions, which grants this key to this user only. */
  public String replay(RecordKind kind, OperatorKey key) {
    return "%s.replay.%s.%s".formatted(prefix, kind.wire(), key);
  }

  /** All requests for stored messages, without and with a key. */
  public List<String> allReplayRequests() {
    return List.of(prefix + ".replay.*", prefix + ".replay.*.*");
  }

  /**
   * What a request asks for and who sent it, from its subject.
   *
   * @param name verb of an operator's request, or kind of the records that are asked for
   * @param key of the user; absent if the subject has none
   */
  public record Asked(String name, @Nullable OperatorKey key) {}

  /**
   * Reads the subject of an operator's request or of one for stored messages.
   *
   * @throws IllegalArgumentException if it is the subject of neither, or its key is none
   */
  public Asked asked(String subject) {
    String[] tokens =
        subject.startsWith(prefix + ".")
            ? subject.substring(prefix.length() + 1).split("\\.", -1)
            : new String[0];
    if (tokens.length < 2 || tokens.length > 3) {
      throw new IllegalArgumentException(
          "subject: expected %s.KIND.NAME or %s.KIND.NAME.PUBLICKEY in %s"
              .formatted(prefix, prefix, subject));
    }
    return new Asked(tokens[1], tokens.length == 3 ? new OperatorKey(tokens[2]) : null);
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
