package io.blkwarden.controller.policy;

import com.fasterxml.jackson.annotation.JsonValue;
import io.blkwarden.controller.fleet.Metric;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Policies with all defaults as JSON trees.
 *
 * <p>Made from the records' components, so that it covers new kinds of policies. Names are in
 * {@code snake_case}; durations are in ms and end in {@code _ms}.
 */
public final class PolicyTree {
  private static final String MILLIS = "Millis";
  private static final JsonNodeFactory NODES = JsonMapper.builder().build().getNodeFactory();

  private PolicyTree() {}

  /** A policy with its kind, such as {@code threshold}. */
  public static ObjectNode of(Policy policy) {
    ObjectNode each = NODES.objectNode();
    each.put("name", policy.name());
    each.put("kind", kind(policy));
    for (Map.Entry<String, JsonNode> part : record((Record) policy).properties()) {
      if (!part.getKey().equals("name")) {
        each.set(part.getKey(), part.getValue());
      }
    }
    return each;
  }

  /** The kind of a policy, such as {@code threshold}. */
  public static String kind(Policy policy) {
    return policy.getClass().getSimpleName().replace("Policy", "").toLowerCase(Locale.ROOT);
  }

  /** The tree of a record and all below it. */
  public static JsonNode of(@Nullable Object value) {
    return switch (value) {
      case null -> NODES.nullNode();
      case Boolean flag -> NODES.booleanNode(flag);
      case Double number -> NODES.numberNode(number);
      case Integer number -> NODES.numberNode(number);
      case Long number -> NODES.numberNode(number);
      case Metric metric -> NODES.stringNode(metric.id());
      case Enum<?> word -> NODES.stringNode(word(word));
      case List<?> list -> {
        ArrayNode array = NODES.arrayNode();
        list.forEach(each -> array.add(of(each)));
        yield array;
      }
      case Map<?, ?> map -> {
        ObjectNode object = NODES.objectNode();
        Map<String, Object> sorted = new TreeMap<>();
        map.forEach((key, each) -> sorted.put(String.valueOf(key), each));
        sorted.forEach((key, each) -> object.set(key, of(each)));
        yield object;
      }
      case Record item when !hasText(item) -> record(item);
      default -> NODES.stringNode(value.toString());
    };
  }

  private static ObjectNode record(Record item) {
    ObjectNode object = NODES.objectNode();
    for (RecordComponent part : item.getClass().getRecordComponents()) {
      object.set(name(part.getName()), of(call(part.getAccessor(), item)));
    }
    return object;
  }

  /** Whether the record has a text of its own, such as a priority. */
  private static boolean hasText(Record item) {
    try {
      return item.getClass().getDeclaredMethod("toString").getDeclaringClass() == item.getClass()
          && !item.toString().startsWith(item.getClass().getSimpleName() + "[");
    } catch (NoSuchMethodException e) {
      return false;
    }
  }

  private static String word(Enum<?> word) {
    for (Method method : word.getDeclaringClass().getMethods()) {
      boolean wire = method.isAnnotationPresent(JsonValue.class) || method.getName().equals("wire");
      if (wire && method.getParameterCount() == 0) {
        return String.valueOf(call(method, word));
      }
    }
    return word.name().toLowerCase(Locale.ROOT);
  }

  private static @Nullable Object call(Method method, Object on) {
    try {
      return method.invoke(on);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("not readable: " + method, e);
    }
  }

  private static String name(String camel) {
    String base =
        camel.endsWith(MILLIS) && camel.length() > MILLIS.length()
            ? camel.substring(0, camel.length() - MILLIS.length()) + "Ms"
            : camel;
    return base.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }
}
