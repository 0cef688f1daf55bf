package io.blkwarden.controller.bus;

import io.blkwarden.controller.fleet.DeviceClass;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.spec.FleetSpec;
import io.blkwarden.controller.spec.SpecBook;
import io.blkwarden.controller.spec.SpecClass;
import io.blkwarden.model.VolumeRole;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A {@link FleetSpec} in the bucket {@code blkwarden-spec}, as JSON that people can read. */
final class SpecJson {
  private static final String SCHEMA = "blkwarden.spec.v1";
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private SpecJson() {}

  /** The key of a class: words of the metric, the window, the role, the device and the plan. */
  static String key(SpecClass of) {
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

  static byte[] encode(FleetSpec spec) {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("schema", SCHEMA);
    json.put("metric", spec.of().metric().id());
    json.put("window_ms", spec.of().windowMillis());
    json.put("role", spec.of().role().wire());
    json.put("device", spec.of().device().wire());
    json.put("plan", spec.of().plan());
    json.put("disks", spec.disks());
    json.put("count", spec.count());
    json.put("sum", spec.sum());
    json.put("sum_of_squares", spec.sumOfSquares());
    json.put("mean", spec.mean());
    json.put("sigma", spec.sigma());
    json.put("at", spec.at().toString());
    json.put("sketch", spec.sketch());
    return MAPPER.writeValueAsBytes(json);
  }

  /** Reads what {@link #encode} wrote. */
  static FleetSpec decode(byte[] bytes) throws IOException {
    try {
      JsonNode json = MAPPER.readTree(bytes);
      String schema = json.path("schema").asString("");
      if (!schema.equals(SCHEMA)) {
        throw new IOException("schema: expected %s, found '%s'".formatted(SCHEMA, schema));
      }
      String metric = json.required("metric").asString();
      // What was learned before devices were told apart is of none that is known.
      String device = json.path("device").asString(DeviceClass.UNKNOWN.wire());
      SpecClass of =
          new SpecClass(
              Metric.all().stream()
                  .filter(each -> each.id().equals(metric))
                  .findFirst()
                  .orElseThrow(() -> new IOException("metric: found '%s'".formatted(metric))),
              json.required("window_ms").asLong(),
              VolumeRole.valueOf(json.required("role").asString().toUpperCase(Locale.ROOT)),
              DeviceClass.valueOf(device.toUpperCase(Locale.ROOT)),
              json.required("plan").asString());
      FleetSpec spec =
          new FleetSpec(
              of,
              json.required("disks").asInt(),
              json.required("count").asDouble(),
              json.required("sum").asDouble(),
              json.required("sum_of_squares").asDouble(),
              Instant.parse(json.required("at").asString()),
              json.required("sketch").asString());
      new SpecBook().load(spec, false, 0); // whether its sketch is one shows only there
      return spec;
    } catch (JacksonException | IllegalArgumentException | DateTimeException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
