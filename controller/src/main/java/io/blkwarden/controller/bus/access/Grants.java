package io.blkwarden.controller.bus.access;

import io.blkwarden.controller.nats.JetStreamAssets;
import io.blkwarden.model.HostId;
import io.blkwarden.model.message.RecordKind;
import io.blkwarden.model.subject.HostToken;
import io.blkwarden.model.subject.Subjects;
import java.util.ArrayList;
import java.util.List;

/**
 * The least permissions of each role.
 *
 * <p>No user can subscribe to another's replies: the inbox of a host has its name, that of other
 * users their public key.
 *
 * @param controllerKey public key of the controllers
 */
public record Grants(Subjects subjects, String controllerKey) {
  private static final String DISCOVERY = "$SRV.>"; // as 'nats micro list' finds controllers

  /** The permissions of a user. */
  public Permissions of(Role role, String publicKey) {
    String inbox = "_INBOX." + publicKey + ".>";
    return switch (role) {
      case Role.Host(HostId host) -> host(host);
      case Role.Controllers _ -> controller(inbox);
      case Role.Person(Role.Kind kind, String _) ->
          switch (kind) {
            case OPERATOR -> operator(publicKey, inbox);
            case VIEWER -> viewer(publicKey, inbox);
          };
    };
  }

  /** Whether a user is in the controllers' account. */
  static boolean inCore(UserList.User user) {
    return user.role() instanceof Role.Controllers;
  }

  /** The exports of the controllers' account. */
  public List<Export> exports() {
    List<Export> exports = new ArrayList<>();
    for (String subject :
        List.of(
            subjects.allSamples(),
            subjects.allMappings(),
            subjects.allHeartbeats(),
            subjects.allOutcomes(),
            "$KV.%s.*".formatted(JetStreamAssets.MAPPING),
            answers("*"),
            operatorRequests("*"),
            replayRequests("*", "*"))) {
      exports.add(new Export(Export.Kind.SERVICE, subject));
    }
    exports.add(new Export(Export.Kind.SERVICE_OF_MANY, DISCOVERY));
    for (String subject :
        List.of(subjects.prefix() + ".command.*", subjects.allAlerts(), subjects.allDecisions())) {
      exports.add(new Export(Export.Kind.STREAM, subject));
    }
    return exports;
  }

  /** Whether a pattern matches every subject that another pattern matches. */
  static boolean covers(String wider, String pattern) {
    String[] expected = wider.split("\\.", -1);
    String[] found = pattern.split("\\.", -1);
    for (int i = 0; i < expected.length; i++) {
      if (i >= found.length || !(expected[i].equals("*") || expected[i].equals(found[i]))) {
        return false;
      }
    }
    return expected.length == found.length;
  }

  private Permissions host(HostId host) {
    String token = HostToken.encode(host);
    return new Permissions(
        List.of(
            subjects.sample(host),
            subjects.mapping(host, "*"),
            subjects.heartbeat(host),
            subjects.outcome(host),
            "$KV.%s.%s".formatted(JetStreamAssets.MAPPING, HostToken.key(host))),
        List.of(subjects.command(host)),
        "_INBOX.%s.>".formatted(token),
        List.of(answers(token)));
  }

  /** The reply subjects of hosts: an inbox of the controllers for each host. */
  private String answers(String host) {
    return "_INBOX.%s.%s.*.*".formatted(controllerKey, host);
  }

  private String operatorRequests(String publicKey) {
    return "%s.operator.*.%s".formatted(subjects.prefix(), publicKey);
  }

  private String replayRequests(String kind, String publicKey) {
    return "%s.replay.%s.%s".formatted(subjects.prefix(), kind, publicKey);
  }

  /** All subjects of hosts, controllers and operators. */
  private List<String> all() {
    return joined(
        List.of(
            subjects.allSamples(),
            subjects.allMappings(),
            subjects.allHeartbeats(),
            subjects.allOutcomes(),
            subjects.prefix() + ".command.*",
            subjects.allAlerts(),
            subjects.allDecisions()),
        subjects.allOperatorRequests());
  }

  private Permissions controller(String inbox) {
    List<String> subscribe = new ArrayList<>(subjects.allOperatorRequests());
    subscribe.addAll(subjects.allReplayRequests());
    subscribe.addAll(
        List.of(
            subjects.allSamples(),
            subjects.allMappings(),
            subjects.allHeartbeats(),
            subjects.allOutcomes(),
            "$KV.%s.>".formatted(JetStreamAssets.LEADER),
            DISCOVERY));
    return new Permissions(
        List.of(
            subjects.prefix() + ".command.*",
            subjects.allAlerts(),
            subjects.allDecisions(),
            "$KV.%s.>".formatted(JetStreamAssets.LEADER),
            "$KV.%s.>".formatted(JetStreamAssets.BASELINES),
            "$KV.%s.>".formatted(JetStreamAssets.SILENCES),
            "$JS.API.>",
            "$JS.ACK.>",
            "$JS.FC.>"),
        subscribe,
        inbox,
        List.of(">"));
  }

  private Permissions operator(String publicKey, String inbox) {
    return new Permissions(
        List.of(operatorRequests(publicKey), replayRequests("*", publicKey), DISCOVERY),
        all(),
        inbox,
        List.of());
  }

  private Permissions viewer(String publicKey, String inbox) {
    return new Permissions(
        List.of(
            replayRequests(RecordKind.ALERT.wire(), publicKey),
            replayRequests(RecordKind.MAPPING.wire(), publicKey)),
        List.of(subjects.allAlerts(), subjects.allMappings()),
        inbox,
        List.of());
  }

  static List<String> joined(List<String> first, List<String> then) {
    List<String> all = new ArrayList<>(first);
    all.addAll(then);
    return all;
  }

  /**
   * The permissions of a user; everything else is denied.
   *
   * @param publish subjects to publish to
   * @param subscribe subjects to subscribe to, without the inbox
   * @param inbox subjects of the replies to its requests
   * @param answers subjects for one reply to each received request; empty for none
   */
  public record Permissions(
      List<String> publish, List<String> subscribe, String inbox, List<String> answers) {
    public Permissions {
      publish = List.copyOf(publish);
      subscribe = List.copyOf(subscribe);
      answers = List.copyOf(answers);
    }
  }

  /**
   * An export of the controllers' account.
   *
   * @param subject may contain wildcards
   */
  public record Export(Kind kind, String subject) {
    /** What other accounts may do with a subject. */
    public enum Kind {
      /** Publish and receive one reply. */
      SERVICE("service: %s, threshold: \"10s\""),

      /** Publish and receive the replies of several controllers. */
      SERVICE_OF_MANY("service: %s, response: stream, threshold: \"10s\""),

      /** Subscribe. */
      STREAM("stream: %s");

      private final String form;

      Kind(String form) {
        this.form = form;
      }
    }

    /** The entry in the list of exports; replies are possible within the threshold. */
    String text() {
      return "{ " + kind.form.formatted(ServerConfig.quoted(subject)) + " }";
    }
  }
}
