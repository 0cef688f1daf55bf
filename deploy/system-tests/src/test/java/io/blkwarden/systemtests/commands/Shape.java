package io.blkwarden.systemtests.commands;

import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** The keys of JSON, without values. */
final class Shape {
  private Shape() {}

  /** The paths that differ; null and an empty list are equal to everything. */
  static Set<String> differences(JsonNode told, JsonNode found) {
    Set<String> differences = new TreeSet<>();
    compare("", told, found, differences);
    return differences;
  }

  /** An embedded message, whose keys are defined by its schema. */
  private static boolean isMessage(String path, JsonNode told, JsonNode found) {
    return !path.isEmpty() && told.has("schema") && found.has("schema");
  }

  /** The differences to the most similar alternative. */
  private static Set<String> nearest(String path, JsonNode told, JsonNode found) {
    Set<String> nearest = Set.of();
    for (int i = 0; i < told.size(); i++) {
      Set<String> differences = new TreeSet<>();
      compare(path, told.get(i), found, differences);
      nearest = i == 0 || differences.size() < nearest.size() ? differences : nearest;
    }
    return nearest;
  }

  private static void compare(String path, JsonNode told, JsonNode found, Set<String> differences) {
    if (told.isNull() || found.isNull() || isMessage(path, told, found)) {
      return;
    }
    if (told.isObject() != found.isObject() || told.isArray() != found.isArray()) {
      differences.add(path + ": another kind of value");
    } else if (told.isArray()) {
      found.forEach(each -> differences.addAll(nearest(path + "[]", told, each)));
    } else if (told.isObject()) {
      found
          .properties()
          .forEach(each -> {
            JsonNode other = told.get(each.getKey());
            if (other == null) {
              differences.add("%s.%s: printed, not told".formatted(path, each.getKey()));
            } else {
              compare(path + "." + each.getKey(), other, each.getValue(), differences);
            }
          });
      for (String key : told.propertyNames()) {
        if (!found.has(key)) {
          differences.add("%s.%s: told, not printed".formatted(path, key));
        }
      }
    }
  }
}
