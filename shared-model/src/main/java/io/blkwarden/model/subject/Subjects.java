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
 * @param prefix prefix of all subjects: 1 to 8 plain tokens joined by dots
 */
public record Subjects(String prefix) {
  /** The default prefix. */
  public static final Subjects DEFAULT = new Subjects("blkwarden.v1");

  public Subjects {
    Require.text(prefix, 100, "subject prefix");
    if (!prefix.matches("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+){0,7}")) {
      throw new IllegalArgumentException(
          "subject prefix: expected plain tokens joined by dots, found '%s'".formatted(prefix));
    }
  }

  /** Subject of a host's samples. */
  public String sample(HostId host) {
    return "%s.sample.%d.%s".formatted(prefix, Partition.of(host), HostToken.encode(host));
  }

  /** All hosts' samples. */
  public String allSamples() {
    return prefix + ".sample.*.*";
  }

  /** Subject of a host's mapping events of one kind, such as {@code snapshot}. */
  public String mapping(HostId host, String event) {
    return "%s.mapping.%d.%s.%s"
        .formatted(prefix, Partition.of(host), HostToken.encode(host), event);
  }

  /** All hosts' mapping events. */
  public String allMappings() {
    return prefix + ".mapping.*.*.*";
  }

  /** Subject of a host's heartbeats. */
  public String heartbeat(HostId host) {
    return "%s.agent.%d.%s".formatted(prefix, Partition.of(host), HostToken.encode(host));
  }

  /** All hosts' heartbeats. */
  public String allHeartbeats() {
    return prefix + ".agent.*.*";
  }

  /** Subject of a host's commands. */
  public String command(HostId host) {
    return "%s.command.%s".formatted(prefix, HostToken.encode(host));
  }

  /** Subject of a host's outcomes. */
  public String outcome(HostId host) {
    return "%s.outcome.%s".formatted(prefix, HostToken.encode(host));
  }

  /** All hosts' outcomes. */
  public String allOutcomes() {
    return prefix + ".outcome.*";
  }

  /** Subject of an alert; host {@code _fleet} for fleet alerts. */
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

  /** Subject of decisions about a host; host {@code _fleet} for the fleet. */
  public String decision(HostId host) {
    return "%s.decision.%s".formatted(prefix, HostToken.encode(host));
  }

  /** All decisions. */
  public String allDecisions() {
    return prefix + ".decision.*";
  }

  /** Subject of an operator's request, such as {@code throttle}. */
  public String operator(String verb) {
    return prefix + ".operator." + verb;
  }

  /** The same with the user's key, for servers that restrict it to this user. */
  public String operator(String verb, OperatorKey key) {
    return "%s.operator.%s.%s".formatted(prefix, verb, key);
  }

  /** All operator requests, without and with a key. */
  public List<String> allOperatorRequests() {
    return List.of(prefix + ".operator.*", prefix + ".operator.*.*");
  }

  /** Subject of requests for stored messages. */
  public String replay(RecordKind kind) {
    return prefix + ".replay." + kind.wire();
  }

  /** The same with the user's key, for servers that restrict it to this user. */
  public String replay(RecordKind kind, OperatorKey key) {
    return "%s.replay.%s.%s".formatted(prefix, kind.wire(), key);
  }

  /** All requests for stored messages, without and with a key. */
  public List<String> allReplayRequests() {
    return List.of(prefix + ".replay.*", prefix + ".replay.*.*");
  }

  /**
   * The parts of a request's subject.
   *
   * @param name verb of an operator's request, or kind of the requested records
   * @param key key of the user; absent if the subject has none
   */
  public record RequestSubject(String name, @Nullable OperatorKey key) {}

  /**
   * Parses the subject of an operator's request or of a request for stored messages.
   *
   * @throws IllegalArgumentException if it is neither, or its key is invalid
   */
  public RequestSubject parseRequest(String subject) {
    String[] tokens =
        subject.startsWith(prefix + ".")
            ? subject.substring(prefix.length() + 1).split("\\.", -1)
            : new String[0];
    if (tokens.length < 2 || tokens.length > 3) {
      throw new IllegalArgumentException(
          "subject: expected %s.KIND.NAME or %s.KIND.NAME.PUBLICKEY in %s"
              .formatted(prefix, prefix, subject));
    }
    return new RequestSubject(tokens[1], tokens.length == 3 ? new OperatorKey(tokens[2]) : null);
  }

  /**
   * Whether a reply subject is valid: outside {@code $} and this installation's subjects.
   *
   * <p>Users without permission to send commands can make a stream's consumer deliver to any
   * subject, with {@code $JS.ACK} as the reply subject. A reply on a subject of the installation
   * would be a message of another kind.
   */
  public boolean isInbox(@Nullable String replyTo) {
    return replyTo != null && !replyTo.startsWith("$") && !replyTo.startsWith(prefix + ".");
  }

  /**
   * The host in token {@code index} of a subject after the prefix (sample, mapping and agent: 2;
   * outcome and command: 1; alert: 2).
   *
   * @throws IllegalArgumentException if the subject has no such token or it is not a host token
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
