package io.blkwarden.systemtests.access;

import io.blkwarden.controller.bus.access.Grants;
import io.blkwarden.controller.bus.access.Grants.Permissions;
import io.blkwarden.controller.bus.access.Role;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The messages of an attacker with a stolen seed, derived from the permissions, so that new
 * permissions are included automatically.
 */
final class Attacks {
  /** Headers with a meaning for JetStream. */
  private static final List<Map<String, String>> HEADERS =
      List.of(
          Map.of("Nats-Rollup", "all"),
          Map.of("Nats-Rollup", "sub"),
          Map.of("Nats-Rollup", "all", "KV-Operation", "PURGE"),
          Map.of("KV-Operation", "DEL"),
          Map.of("Nats-Msg-Id", "other"),
          Map.of("Nats-Expected-Stream", "BLKWARDEN_ALERTS"),
          Map.of("Nats-Expected-Last-Sequence", "1"),
          Map.of("Nats-Expected-Last-Subject-Sequence", "0"),
          Map.of("Nats-Expected-Last-Msg-Id", "other"),
          Map.of("Nats-TTL", "1s"),
          Map.of(
              "Nats-Schedule", "@every 1s", "Nats-Schedule-Target", "blkwarden.v1.command.other"),
          Map.of("Nats-Msg-Id", "other", "Nats-Rollup", "sub"));

  /** Replacements of a wildcard: tokens that are used in subjects. */
  private static final List<String> WORDS = List.of("x", "snapshot", "pause", "alert");

  private static final List<String> TAILS =
      List.of("x", "PING", "pause", "$KV.blkwarden-mapping.other");

  private static final List<String> API =
      List.of(
          "$JS.API.STREAM.DELETE.%s",
          "$JS.API.STREAM.PURGE.%s",
          "$JS.API.STREAM.UPDATE.%s",
          "$JS.API.STREAM.MSG.DELETE.%s",
          "$JS.API.STREAM.SNAPSHOT.%s",
          "$JS.API.CONSUMER.CREATE.%s",
          "$JS.API.CONSUMER.DURABLE.CREATE.%s.forged",
          "$JS.API.STREAM.INFO.%s");

  private Attacks() {}

  /**
   * A message.
   *
   * @param replyTo empty for none
   */
  record Attack(String subject, String replyTo, Map<String, String> headers, String payload) {}

  /** Subjects that match a pattern. */
  static List<String> concrete(String pattern) {
    if (!pattern.contains("*") && !pattern.endsWith(">")) {
      return List.of(pattern);
    }
    List<String> all = new ArrayList<>();
    for (int i = 0; i < WORDS.size(); i++) {
      String tail = pattern.endsWith(">") ? TAILS.get(i) : "";
      String head = pattern.endsWith(">") ? pattern.substring(0, pattern.length() - 1) : pattern;
      all.add(head.replace("*", WORDS.get(i)) + tail);
    }
    return all;
  }

  /** Whether a NATS pattern matches a subject. */
  static boolean matches(String pattern, String subject) {
    String[] expected = pattern.split("\\.", -1);
    String[] found = subject.split("\\.", -1);
    for (int i = 0; i < expected.length; i++) {
      if (expected[i].equals(">")) {
        return found.length > i;
      }
      if (i >= found.length || !(expected[i].equals("*") || expected[i].equals(found[i]))) {
        return false;
      }
    }
    return expected.length == found.length;
  }

  /**
   * All subjects with a meaning.
   *
   * @param users keys of all users by role
   */
  static Set<String> targets(Grants grants, Map<Role, String> users, Collection<String> streams) {
    Set<String> targets = new LinkedHashSet<>();
    users.forEach((role, key) -> {
      Permissions may = grants.of(role, key);
      Stream.of(may.publish(), may.subscribe(), may.answers(), List.of(may.inbox()))
          .flatMap(List::stream)
          .filter(pattern -> !pattern.equals(">"))
          .forEach(pattern -> targets.addAll(concrete(pattern)));
    });
    for (String stream : streams) {
      API.forEach(call -> targets.add(call.formatted(stream)));
    }
    targets.add("$JS.API.STREAM.CREATE.FORGED");
    targets.add("$KV.blkwarden-claim.controller");
    targets.add("$SYS.REQ.SERVER.PING");
    targets.add("_R_.forged.reply");
    return targets;
  }

  /** The attempts of a user with these permissions. */
  static List<Attack> of(Permissions may, Set<String> targets, String payload) {
    List<Attack> attacks = new ArrayList<>();
    for (String grant : may.publish()) {
      for (String subject : concrete(grant)) {
        for (String target : targets) {
          attacks.add(new Attack(subject, target, Map.of(), payload));
        }
        for (Map<String, String> headers : HEADERS) {
          attacks.add(new Attack(subject, "", headers, payload));
          attacks.add(new Attack(subject, "$KV.blkwarden-mapping.other", headers, payload));
        }
      }
    }
    for (String target : targets) {
      attacks.add(new Attack(target, "", Map.of(), payload));
      attacks.add(new Attack(target, "", Map.of("Nats-Rollup", "all"), payload));
    }
    return attacks;
  }
}
