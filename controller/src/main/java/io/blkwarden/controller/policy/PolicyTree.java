package io.blkwarden.controller.policy;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonValue;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.model.Restraint;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Policies with all defaults as JSON trees.
 *
 * <p>Made from the records' components, so that it covers new kinds of policies. Names are in
 * {@code snake_case}; durations are in ms and end in {@code _ms}.
 */
public final class PolicyTree {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(new Names())
          .changeDefaultVisibility(found ->
              found
                  .withFieldVisibility(Visibility.ANY)
                  .withGetterVisibility(Visibility.NONE)
                  .withIsGetterVisibility(Visibility.NONE))
          .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .addMixIn(Metric.class, ById.class)
          .addMixIn(Restraint.class, AsText.class)
          .addMixIn(Glob.class, AsText.class)
          .build();

  private PolicyTree() {}

  private interface ById {
    @JsonValue
    String id();
  }

  private interface AsText {
    @JsonValue
    @Override
    String toString();
  }

  private static final class Names extends PropertyNamingStrategies.SnakeCaseStrategy {
    private static final long serialVersionUID = 1;

    @Override
    public String translate(String name) {
      return super.translate(name.replaceFirst("(?<=.)Millis$", "Ms"));
    }
  }

  /** A policy with its kind, such as {@code threshold}. */
  public static ObjectNode of(Policy policy) {
    ObjectNode tree = MAPPER.createObjectNode();
    tree.put("name", policy.name());
    tree.put("kind", kind(policy));
    ObjectNode parts = MAPPER.valueToTree(policy);
    if (parts.remove("rule") instanceof ObjectNode rule) {
      tree.setAll(rule);
    }
    return tree.setAll(parts);
  }

  /** The kind of a policy, such as {@code threshold}. */
  public static String kind(Policy policy) {
    return policy.getClass().getSimpleName().replace("Policy", "").toLowerCase(Locale.ROOT);
  }

  /** The tree of a record and all below it. */
  public static JsonNode of(Object value) {
    return MAPPER.valueToTree(value);
  }
}
