package io.blkwarden.controller.bus;

import io.blkwarden.controller.baseline.BaselineTable;
import io.blkwarden.controller.baseline.DiskBaseline;
import io.blkwarden.controller.baseline.DiskClass;
import io.blkwarden.controller.fleet.DeviceClass;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.nats.JetStreamAssets;
import io.blkwarden.controller.nats.KvEvent;
import io.blkwarden.controller.nats.NatsConnection;
import io.blkwarden.model.VolumeRole;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The bucket {@code blkwarden-spec} with the baselines, one entry for each class of disks. */
record BaselineBucket(NatsConnection connection) {
  private static final String SCHEMA = "blkwarden.spec.v1";
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final Logger log = LoggerFactory.getLogger(BaselineBucket.class);

  /** All stored baselines, then changes; invalid entries are logged and skipped. */
  Flux<FleetBus.SharedState.Baseline> watch() {
    return connection
        .watch(JetStreamAssets.BASELINES)
        .ofType(KvEvent.Entry.class)
        .mapNotNull(BaselineBucket::read);
  }

  private static FleetBus.SharedState.@Nullable Baseline read(KvEvent.Entry entry) {
    byte[] value = entry.value();
    if (value == null) {
      return null; // deleted
    }
    try {
      return new FleetBus.SharedState.Baseline(decode(value));
    } catch (IOException e) {
      log.warn(
          "bucket {}: ignoring invalid entry {}: {}; delete the entry if this repeats",
          JetStreamAssets.BASELINES,
          entry.key(),
          e.getMessage());
      return null;
    }
  }

  /**
   * Writes a baseline. Never fails: a baseline that cannot be written is logged and lost, and a
   * newer one follows within minutes.
   */
  Mono<Void> store(DiskBaseline baseline) {
    return connection
        .withBucket(
            JetStreamAssets.BASELINES, bucket -> bucket.put(key(baseline.of()), encode(baseline)))
        .then()
        .onErrorResume(e -> {
          log.warn(
              "bucket {}: baselines not stored, retrying in 5 min: {}",
              JetStreamAssets.BASELINES,
              e.getMessage());
          return Mono.empty();
        });
  }

  /** The key of a class: {@code METRIC.WINDOW_MS.ROLE.DEVICE[.PLAN]}. */
  static String key(DiskClass of) {
    StringBuilder plan = new StringBuilder();
    for (byte each : of.plan().getBytes(StandardCharsets.UTF_8)) {
      boolean plain = Character.isLetterOrDigit(each) && each > 0;
      plan.append(plain ? String.valueOf((char) each) : "=%02X".formatted(each));
    }
    return "%s.%d.%s.%s%s"
        .formatted(
            of.metric().id(),
            of.windowMillis(),
            of.role().wire(),
            of.device().wire(),
            plan.isEmpty() ? "" : "." + plan);
  }

  /** The JSON form of a baseline. */
  static byte[] encode(DiskBaseline baseline) {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("schema", SCHEMA);
    json.put("metric", baseline.of().metric().id());
    json.put("window_ms", baseline.of().windowMillis());
    json.put("role", baseline.of().role().wire());
    json.put("device", baseline.of().device().wire());
    json.put("plan", baseline.of().plan());
    json.put("disks", baseline.disks());
    json.put("count", baseline.count());
    json.put("sum", baseline.sum());
    json.put("sum_of_squares", baseline.sumOfSquares());
    json.put("mean", baseline.mean());
    json.put("sigma", baseline.sigma());
    json.put("at", baseline.at().toString());
    json.put("sketch", baseline.sketch());
    return MAPPER.writeValueAsBytes(json);
  }

  /** Reads what {@link #encode} wrote. */
  static DiskBaseline decode(byte[] bytes) throws IOException {
    try {
      JsonNode json = MAPPER.readTree(bytes);
      String schema = json.path("schema").asString("");
      if (!schema.equals(SCHEMA)) {
        throw new IOException("schema: expected %s, found '%s'".formatted(SCHEMA, schema));
      }
      String metric = json.required("metric").asString();
      // absent in entries of versions that did not distinguish devices
      String device = json.path("device").asString(DeviceClass.UNKNOWN.wire());
      DiskClass of =
          new DiskClass(
              Metric.all().stream()
                  .filter(each -> each.id().equals(metric))
                  .findFirst()
                  .orElseThrow(() -> new IOException("metric: found '%s'".formatted(metric))),
              json.required("window_ms").asLong(),
              VolumeRole.valueOf(json.required("role").asString().toUpperCase(Locale.ROOT)),
              DeviceClass.valueOf(device.toUpperCase(Locale.ROOT)),
              json.required("plan").asString());
      DiskBaseline baseline =
          new DiskBaseline(
              of,
              json.required("disks").asInt(),
              json.required("count").asDouble(),
              json.required("sum").asDouble(),
              json.required("sum_of_squares").asDouble(),
              Instant.parse(json.required("at").asString()),
              json.required("sketch").asString());
      new BaselineTable().load(baseline, false, 0); // validates the sketch
      return baseline;
    } catch (JacksonException | IllegalArgumentException | DateTimeException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
