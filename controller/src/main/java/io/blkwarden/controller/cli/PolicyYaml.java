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
    ObjectNode to = object();
    copy(from, to, "name");
    if (from.has("mode")) {
      copy(from, to, "mode");
    }
    set(to, "match", match(from.path("match")));
    switch (from.path("kind").asString()) {
      case "swap" -> to.set("swap", threshold(from.path("when"), "above"));
      case "budget" -> {
        to.set("budget", from.path("lines").isArray() ? lines(from.path("lines")) : object());
        copy(from, to, "warn_at");
      }
      case "standing" -> to.set("standing", standing(from));
      case "outlier" -> to.set("when", outlier(from));
      case "fleet" -> to.set("fleet", fleet(from));
      case "scoped" -> {
        copy(from, to, "scope");
        to.set("when", metric(from.path("when"), threshold(from.path("when"), "above")));
      }
      default -> to.set("when", metric(from.path("when"), threshold(from.path("when"), "above")));
    }
    if (from.path("only_if").isObject()) {
      set(to, "only_if", onlyIf(from.path("only_if")));
    }
    if (from.path("blame").isObject()) {
      set(to, "blame", blame(from.path("blame")));
    }
    if (from.has("then")) {
      set(to, "then", then(from.path("then")));
    } else if (from.has("severity")) {
      to.putObject("then").set("alert", from.path("severity"));
    }
    return to;
  }

  private static void copy(JsonNode from, ObjectNode to, String... keys) {
    for (String key : keys) {
      to.set(key, from.path(key));
    }
  }

  private static void set(ObjectNode to, String key, ObjectNode value) {
    if (!value.isEmpty()) {
      to.set(key, value);
    }
  }

  private static String duration(JsonNode millis) {
    long ms = millis.asLong();
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

  /** The threshold with its metric first. */
  private static ObjectNode metric(JsonNode from, ObjectNode threshold) {
    ObjectNode to = object();
    to.set("metric", from.path("metric"));
    to.setAll(threshold);
    return to;
  }

  private static ObjectNode threshold(JsonNode from, String above) {
    ObjectNode to = object();
    to.set(above, from.path("above"));
    times(from, to);
    copy(from, to, "clear_below");
    to.put("clear_for", duration(from.path("clear_for_ms")));
    return to;
  }

  private static void times(JsonNode from, ObjectNode to) {
    JsonNode windows = from.path("windows");
    if (windows.isObject()) {
      to.put(
          "windows",
          "%d of %d".formatted(windows.path("at_least").asInt(), windows.path("of").asInt()));
      to.put("window", duration(windows.path("millis")));
    } else {
      to.put("for", duration(from.path("for_ms")));
    }
    if (from.path("samples").asInt() != 1) {
      copy(from, to, "samples");
    }
  }

  private static ArrayNode lines(JsonNode from) {
    ArrayNode to = AsciiJson.MAPPER.createArrayNode();
    for (JsonNode line : from) {
      ObjectNode each = to.addObject();
      copy(line, each, "metric", "mean_above");
      each.put("over", duration(line.path("over_ms")));
    }
    return to;
  }

  private static ObjectNode standing(JsonNode from) {
    ObjectNode to = object();
    String restraint = from.path("restraint").asString();
    boolean limit = restraint.startsWith("limit ");
    to.put(limit ? "limit" : "priority", limit ? restraint.substring(6) : restraint);
    to.put("lease", duration(from.path("lease_ms")));
    return to;
  }

  private static ObjectNode outlier(JsonNode from) {
    ObjectNode to = object();
    to.set("metric", from.path("least").path("metric"));
    ObjectNode fleet = to.putObject("above_fleet");
    JsonNode level = from.path("level");
    if (level.path("percentile").isNull()) {
      fleet.set("mean_plus_sigmas", level.path("sigmas"));
    } else {
      copy(level, fleet, "percentile");
    }
    copy(level, fleet, "floor", "min_disks");
    times(from.path("least"), to);
    to.put("clear_for", duration(from.path("least").path("clear_for_ms")));
    return to;
  }

  private static ObjectNode fleet(JsonNode from) {
    String total = from.path("total").asString();
    ObjectNode threshold = threshold(from.path("when"), total + "_above");
    if (total.equals("sum")) {
      return metric(from.path("when"), threshold);
    }
    ObjectNode to = object();
    ObjectNode of = to.putObject("of");
    copy(from.path("when"), of, "metric");
    of.set("above", from.path("each"));
    to.setAll(threshold);
    return to;
  }

  private static ObjectNode onlyIf(JsonNode from) {
    ObjectNode to = object();
    to.set(from.path("combine").asString(), from.path("terms"));
    return to;
  }

  private static ObjectNode blame(JsonNode from) {
    ObjectNode to = object();
    to.put("against", "device.await_ms");
    to.set("above", from.path("rule").path("hurt_await_ms"));
    to.set("correlation", from.path("rule").path("correlation_min"));
    to.put("window", duration(from.path("window_ms")));
    to.set("margin", from.path("rule").path("margin_min"));
    return to;
  }

  private static ObjectNode then(JsonNode from) {
    ObjectNode to = object();
    if (!from.path("ladder").isEmpty()) {
      copy(from, to, "ladder");
    }
    to.put("lease", duration(from.path("lease_ms")));
    to.set("alert", from.path("severity"));
    JsonNode life = from.path("life");
    if (life.path("keep_firing_ms").asLong() > 0) {
      to.put("keep_firing_for", duration(life.path("keep_firing_ms")));
    }
    if (life.path("remind_ms").asLong() > 0) {
      to.put("remind_every", duration(life.path("remind_ms")));
    }
    return to;
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
