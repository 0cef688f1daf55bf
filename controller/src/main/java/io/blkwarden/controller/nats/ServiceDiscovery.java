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
 * Service discovery by the NATS service protocol: {@code $SRV.PING}, {@code $SRV.INFO} and {@code
 * $SRV.STATS}, each alone, with the service name, or with name and id.
 *
 * <p>It does not use {@link Service} of jnats, which replies to any subject: a requester could make
 * a controller, with its wider permissions, purge a stream.
 */
public final class ServiceDiscovery {
  /** Name of the service. */
  public static final String NAME = "blkwarden-controller";

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String ROOT = "$SRV.";
  private static final String UNPACKAGED = "0.0.0-development"; // three numbers are required

  private final Map<String, byte[]> answers = new HashMap<>();

  /**
   * Creates the answers of a controller.
   *
   * @param started when this controller subscribed
   */
  public ServiceDiscovery(Subjects subjects, String instance, Instant started) {
    Map<String, Object> identity = new LinkedHashMap<>();
    identity.put("name", NAME);
    identity.put("id", NUID.nextGlobal());
    identity.put("version", version());
    identity.put("metadata", Map.of("instance", instance, "prefix", subjects.prefix()));
    add(Service.SRV_PING, PingResponse.TYPE, identity, Map.of());
    add(
        Service.SRV_INFO,
        InfoResponse.TYPE,
        identity,
        Map.of(
            "description",
            "Finds disks that are noisy neighbours, and throttles them.",
            "endpoints",
            List.of()));
    add(
        Service.SRV_STATS,
        StatsResponse.TYPE,
        identity,
        Map.of("started", started.toString(), "endpoints", List.of()));
  }

  private static String version() {
    String version = ServiceDiscovery.class.getPackage().getImplementationVersion();
    return version == null ? UNPACKAGED : version;
  }

  private void add(
      String verb, String type, Map<String, Object> identity, Map<String, Object> more) {
    Map<String, Object> answer = new LinkedHashMap<>(Map.of("type", type));
    answer.putAll(identity);
    answer.putAll(more);
    byte[] json = JSON.writeValueAsBytes(answer);
    String subject = ROOT + verb;
    String named = "%s.%s".formatted(subject, NAME);
    for (String each : List.of(subject, named, "%s.%s".formatted(named, identity.get("id")))) {
      answers.put(each, json);
    }
  }

  /** The subjects of requests. */
  public static String subjects() {
    return ROOT + ">";
  }

  /** The answer to a request on a subject; absent if it is for another service. */
  public byte @Nullable [] answer(String subject) {
    return answers.get(subject);
  }
}
