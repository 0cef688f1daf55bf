package io.blkwarden.controller.bus.access;

import io.blkwarden.controller.bus.JetStreamAssets;
import io.blkwarden.model.HostId;
import io.blkwarden.model.message.RecordKind;
import io.blkwarden.model.subject.HostToken;
import io.blkwarden.model.subject.Subjects;
import java.util.ArrayList;
import java.util.List;

/**
 * The least that each role needs.
 *
 * <p>Nobody hears another's replies: a host's inbox bears its name, all others' their public key.
 */
public final class Grants {
  private static final List<String> STREAMS =
      List.of(
          JetStreamAssets.ALERTS,
          JetStreamAssets.AUDIT,
          JetStreamAssets.DECISIONS,
          "KV_" + JetStreamAssets.MAPPING,
          "KV_" + JetStreamAssets.SAID);

  private final Subjects subjects;

  /** Grants for an installation. */
  public Grants(Subjects subjects) {
    this.subjects = subjects;
  }

  /**
   * What a role may do.
   *
   * @param publicKey of the user
   */
  public Permissions of(Role role, String publicKey) {
    String inbox = "_INBOX." + publicKey + ".>";
    return switch (role) {
      case Role.Host(HostId host) -> host(host);
      case Role.Single.CONTROLLER -> controller(inbox);
      case Role.Single.OPERATOR -> operator(publicKey, inbox);
      case Role.Single.VIEWER -> viewer(publicKey, inbox);
    };
  }

  private Permissions host(HostId host) {
    return new Permissions(
        List.of(
            subjects.sample(host),
            subjects.mapping(host, "*"),
            subjects.heartbeat(host),
            subjects.outcome(host),
            "$KV.%s.%s".formatted(JetStreamAssets.MAPPING, HostToken.key(host))),
        List.of(subjects.command(host), "_INBOX.%s.>".formatted(HostToken.encode(host))),
        true);
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
            "$KV.%s.>".formatted(JetStreamAssets.CLAIM),
            "$SRV.>",
            inbox));
    return new Permissions(
        List.of(
            subjects.prefix() + ".command.*",
            subjects.allAlerts(),
            subjects.allDecisions(),
            "$KV.%s.>".formatted(JetStreamAssets.CLAIM),
            "$KV.%s.>".formatted(JetStreamAssets.SPEC),
            "$KV.%s.>".formatted(JetStreamAssets.SAID),
            "$JS.API.>",
            "$JS.ACK.>",
            "$JS.FC.>"),
        subscribe,
        true);
  }

  private Permissions operator(String key, String inbox) {
    List<String> publish = new ArrayList<>();
    publish.add("%s.operator.*.%s".formatted(subjects.prefix(), key));
    publish.add("%s.replay.*.%s".formatted(subjects.prefix(), key));
    publish.add("$KV.%s.>".formatted(JetStreamAssets.SAID));
    publish.add("$SRV.>"); // looking for controllers, as 'nats micro list' does
    publish.add("$JS.API.INFO");
    publish.add("$JS.API.STREAM.NAMES");
    publish.add("$JS.FC.>");
    // silences that are over are swept out of their bucket by whoever adds one
    publish.add("$JS.API.STREAM.PURGE.KV_" + JetStreamAssets.SAID);
    for (String stream : STREAMS) {
      publish.add("$JS.API.STREAM.INFO." + stream);
      publish.add("$JS.API.STREAM.MSG.GET." + stream);
      publish.add("$JS.API.DIRECT.GET." + stream);
      publish.add("$JS.API.DIRECT.GET.%s.>".formatted(stream));
      publish.add("$JS.API.CONSUMER.CREATE." + stream);
      publish.add("$JS.API.CONSUMER.CREATE.%s.>".formatted(stream));
      publish.add("$JS.API.CONSUMER.INFO.%s.>".formatted(stream));
      publish.add("$JS.API.CONSUMER.DELETE.%s.>".formatted(stream));
    }
    return new Permissions(publish, List.of(subjects.prefix() + ".>", inbox), false);
  }

  private Permissions viewer(String key, String inbox) {
    String maps = "KV_" + JetStreamAssets.MAPPING;
    return new Permissions(
        List.of(
            "%s.replay.%s.%s".formatted(subjects.prefix(), RecordKind.ALERT.wire(), key),
            "%s.replay.%s.%s".formatted(subjects.prefix(), RecordKind.MAPPING.wire(), key),
            "$JS.API.DIRECT.GET.%s.>".formatted(maps)),
        List.of(subjects.allAlerts(), subjects.allMappings(), inbox),
        false);
  }
}
