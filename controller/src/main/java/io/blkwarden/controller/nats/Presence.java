package io.blkwarden.controller.nats;

import io.blkwarden.model.subject.Subjects;
import io.nats.client.NUID;
import io.nats.service.InfoResponse;
import io.nats.service.PingResponse;
import io.nats.service.Service;
import io.nats.service.StatsResponse;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers those who look for services, as NATS' service protocol has it: {@code $SRV.PING}, {@code
 * $SRV.INFO} and {@code $SRV.STATS}, alone or followed by the name, or name and id.
 *
 * <p>Not by jnats' own {@link Service}, which answers to any subject that the asker names: whoever
 * may ask could let a controller, which may say more than he, purge a stream.
 */
public final class Presence {
  /** Name of the service. */
  public static final String NAME = "blkwarden-controller";

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String ROOT = "$SRV.";
  private static final String UNPACKAGED = "0.0.0-development"; // the protocol wants three numbers

  private final Map<String, byte[]> answers = new HashMap<>();

  /**
   * The answers of a controller.
   *
   * @param since when this controller began to listen
   */
  public Presence(Subjects subjects, String instance, Instant since) {
    Map<String, Object> who = new LinkedHashMap<>();
    who.put("name", NAME);
    who.put("id", NUID.nextGlobal());
    who.put("version", version());
    who.put("metadata", Map.of("instance", instance, "prefix", subjects.prefix()));
    add(Service.SRV_PING, PingResponse.TYPE, who, Map.of());
    add(
        Service.SRV_INFO,
        InfoResponse.TYPE,
        who,
        Map.of(
            "description",
            "Finds the disks that hurt their neighbours, and throttles them.",
            "endpoints",
            List.of()));
    add(
        Service.SRV_STATS,
        StatsResponse.TYPE,
        who,
        Map.of("started", since.toString(), "endpoints", List.of()));
  }

  private static String version() {
    String version = Presence.class.getPackage().getImplementationVersion();
    return version == null ? UNPACKAGED : version;
  }

  private void add(String verb, String type, Map<String, Object> who, Map<String, Object> more) {
    Map<String, Object> answer = new LinkedHashMap<>(Map.of("type", type));
    answer.putAll(who);
    answer.putAll(more);
    byte[] json = JSON.writeValueAsBytes(answer);
    String subject = ROOT + verb;
    for (String asked : List.of(subject, subject + "." + NAME, named(subject, who))) {
      answers.put(asked, json);
    }
  }

  private static String named(String subject, Map<String, Object> who) {
    return "%s.%s.%s".formatted(subject, NAME, who.get("id"));
  }

  /** The subjects on which it is asked. */
  public static String subjects() {
    return ROOT + ">";
  }

  /** The answer to a question; absent when it is for another service. */
  public byte @Nullable [] answer(String asked) {
    return answers.get(asked);
  }
}
