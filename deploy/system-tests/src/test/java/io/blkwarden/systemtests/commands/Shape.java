package io.blkwarden.systemtests.commands;

import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** What keys JSON has, whatever their values. */
final class Shape {
  private Shape() {}

  /** Where two differ, as paths; what is null, or a list without anything in it, fits all. */
  static Set<String> differences(JsonNode told, JsonNode found) {
    Set<String> differences = new TreeSet<>();
    compare("", told, found, differences);
    return differences;
  }

  private static void compare(String path, JsonNode told, JsonNode found, Set<String> differences) {
    if (told.isNull() || found.isNull()) {
      return;
    }
    if (told.isObject() != found.isObject() || told.isArray() != found.isArray()) {
      differences.add(path + ": another kind of value");
    } else if (told.isArray()) {
      if (!told.isEmpty()) {
        found.forEach(each -> compare(path + "[]", told.get(0), each, differences));
      }
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
