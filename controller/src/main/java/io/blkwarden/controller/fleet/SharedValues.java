package io.blkwarden.controller.fleet;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Numbers distinct values from 1; 0 is none. */
final class SharedValues<T> {
  private final Map<T, Integer> numbers = new HashMap<>();
  private final List<T> values = new ArrayList<>();

  int numberOf(@Nullable T value) {
    if (value == null) {
      return 0;
    }
    Integer known = numbers.get(value);
    if (known != null) {
      return known;
    }
    values.add(value);
    numbers.put(value, values.size());
    return values.size();
  }

  /** The values in the order of their numbers. */
  List<T> values() {
    return List.copyOf(values);
  }

  static <T> @Nullable T at(List<T> values, int number) {
    return number == 0 ? null : values.get(number - 1);
  }
}
