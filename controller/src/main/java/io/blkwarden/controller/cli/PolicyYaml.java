package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.PolicyTree;
import java.math.BigDecimal;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.representer.StandardRepresenter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * Writes policies as YAML that the controller reads back to the same policies; see {@code
 * docs/POLICIES.md} for the keys.
 */
final class PolicyYaml {
  private static final DumpSettings SETTINGS =
      DumpSettings.builder()
          .setDefaultFlowStyle(FlowStyle.BLOCK)
          .setIndentWithIndicator(true)
          .setIndicatorIndent(2)
          .setUseUnicodeEncoding(false)
          .setWidth(Integer.MAX_VALUE)
          .build();

  private PolicyYaml() {}

  /** All policies, the safety limits and the protected disks. */
  static String of(PolicySet set) {
    ObjectNode root = object();
    ArrayNode policies = root.putArray("policies");
    set.policies().forEach(each -> policies.add(policy(PolicyTree.of(each))));
    root.set("brakes", PolicyTree.of(set.safetyLimits()));
    ArrayNode protect = root.putArray("protect");
    set.protect().forEach(each -> protect.add(match(PolicyTree.of(each))));
    Dump dump = new Dump(SETTINGS, new Representer());
    return dump.dumpToString(AsciiJson.MAPPER.treeToValue(root, Map.class));
  }

  private static ObjectNode object() {
    return AsciiJson.MAPPER.createObjectNode();
  }

  private static ObjectNode policy(JsonNode from) {
    ObjectNode to = set(object(), from, "name", "mode");
    put(to, "match", match(from.path("match")));
    JsonNode when = from.path("when");
    switch (from.path("kind").asString()) {
      case "swap" -> to.set("swap", threshold(object(), when, "above"));
      case "budget" -> {
        to.set("budget", from.path("lines").isArray() ? lines(from.path("lines")) : object());
        set(to, from, "warn_at");
      }
      case "standing" -> to.set("standing", standing(from));
      case "outlier" -> to.set("when", outlier(from));
      case "fleet" -> to.set("fleet", fleet(from));
      default ->
          set(to, from, "scope")
              .set("when", threshold(set(object(), when, "metric"), when, "above"));
    }
    JsonNode onlyIf = from.path("only_if");
    if (onlyIf.isObject()) {
      to.putObject("only_if").set(onlyIf.path("combine").asString(), onlyIf.path("terms"));
    }
    if (from.path("blame").isObject()) {
      ObjectNode blame = to.putObject("blame").put("against", "device.await_ms");
      set(
          blame,
          from.path("blame"),
          "above=rule/hurt_await_ms",
          "correlation=rule/correlation_min");
      set(blame, from.path("blame"), "window=~window_ms", "margin=rule/margin_min");
    }
    if (from.has("then")) {
      put(to, "then", then(from.path("then")));
    } else if (from.has("severity")) {
      set(to.putObject("then"), from, "alert=severity");
    }
    return to;
  }

  /**
   * Copies values.
   *
   * @param keys {@code key} or {@code key=path}; {@code ~} marks the path of a duration in ms.
   *     Absent and null values are left out
   */
  private static ObjectNode set(ObjectNode to, JsonNode from, String... keys) {
    for (String each : keys) {
      int at = each.indexOf('=');
      String path = each.substring(at + 1);
      boolean duration = path.startsWith("~");
      JsonNode value = from.at("/" + (duration ? path.substring(1) : path));
      if (!value.isMissingNode() && !value.isNull()) {
        String key = at < 0 ? each : each.substring(0, at);
        to.set(key, duration ? StringNode.valueOf(duration(value.asLong())) : value);
      }
    }
    return to;
  }

  private static void put(ObjectNode to, String key, ObjectNode value) {
    if (!value.isEmpty()) {
      to.set(key, value);
    }
  }

  private static String duration(long ms) {
    if (ms == 0 || ms % 1_000 != 0) {
      return ms + "ms";
    }
    if (ms % 3_600_000 == 0) {
      return ms / 3_600_000 + "h";
    }
    return ms % 60_000 == 0 ? ms / 60_000 + "m" : ms / 1_000 + "s";
  }

  private static ObjectNode match(JsonNode from) {
    ObjectNode to = object();
    Map<String, String> names = Map.of("roles", "role", "devices", "device", "labels", "label");
    from.properties()
        .forEach(each -> {
          JsonNode value = each.getValue();
          boolean any = value.isContainer() ? value.isEmpty() : value.asString().equals("*");
          if (!any) {
            to.set(names.getOrDefault(each.getKey(), each.getKey()), value);
          }
        });
    return to;
  }

  private static ObjectNode threshold(ObjectNode to, JsonNode from, String above) {
    return set(
        times(set(to, from, above + "=above"), from),
        from,
        "clear_below",
        "clear_for=~clear_for_ms");
  }

  private static ObjectNode times(ObjectNode to, JsonNode from) {
    JsonNode windows = from.path("windows");
    if (windows.isObject()) {
      int least = windows.path("at_least").asInt();
      to.put("windows", "%d of %d".formatted(least, windows.path("of").asInt()));
      set(to, windows, "window=~millis");
    } else {
      set(to, from, "for=~for_ms");
    }
    return from.path("samples").asInt() == 1 ? to : set(to, from, "samples");
  }

  private static ArrayNode lines(JsonNode from) {
    ArrayNode to = AsciiJson.MAPPER.createArrayNode();
    from.forEach(line -> set(to.addObject(), line, "metric", "mean_above", "over=~over_ms"));
    return to;
  }

  private static ObjectNode standing(JsonNode from) {
    String restraint = from.path("restraint").asString();
    boolean limit = restraint.startsWith("limit ");
    ObjectNode to =
        object().put(limit ? "limit" : "priority", limit ? restraint.substring(6) : restraint);
    return set(to, from, "lease=~lease_ms");
  }

  private static ObjectNode outlier(JsonNode from) {
    JsonNode least = from.path("least");
    JsonNode level = from.path("level");
    String measure = level.path("percentile").isNull() ? "mean_plus_sigmas=sigmas" : "percentile";
    ObjectNode to = set(object(), least, "metric");
    set(to.putObject("above_fleet"), level, measure, "floor", "min_disks");
    return set(times(to, least), least, "clear_for=~clear_for_ms");
  }

  private static ObjectNode fleet(JsonNode from) {
    JsonNode when = from.path("when");
    String total = from.path("total").asString();
    if (total.equals("sum")) {
      return threshold(set(object(), when, "metric"), when, "sum_above");
    }
    ObjectNode to = object();
    set(to.putObject("of"), from, "metric=when/metric", "above=each");
    return threshold(to, when, total + "_above");
  }

  private static ObjectNode then(JsonNode from) {
    ObjectNode to = object();
    if (!from.path("ladder").isEmpty()) {
      set(to, from, "ladder");
    }
    set(to, from, "lease=~lease_ms", "alert=severity");
    JsonNode life = from.path("life");
    if (life.path("keep_firing_ms").asLong() > 0) {
      set(to, life, "keep_firing_for=~keep_firing_ms");
    }
    return life.path("remind_ms").asLong() > 0 ? set(to, life, "remind_every=~remind_ms") : to;
  }

  /** Writes lists of plain values on one line, and numbers without exponents. */
  private static final class Representer extends StandardRepresenter {
    Representer() {
      super(SETTINGS);
      representers.put(
          Double.class,
          number -> {
            String text = BigDecimal.valueOf((Double) number).stripTrailingZeros().toPlainString();
            return representScalar(text.contains(".") ? Tag.FLOAT : Tag.INT, text);
          });
    }

    @Override
    protected Node representSequence(Tag tag, Iterable<?> sequence, FlowStyle style) {
      boolean nested = sequence.iterator().hasNext() && sequence.iterator().next() instanceof Map;
      return super.representSequence(tag, sequence, nested ? FlowStyle.BLOCK : FlowStyle.FLOW);
    }
  }
}
