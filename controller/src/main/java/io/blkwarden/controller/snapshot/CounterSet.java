package io.blkwarden.controller.snapshot;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counters since the start, with their names as metrics; thread-safe. */
public abstract class CounterSet {
  private final List<Counter> all = new ArrayList<>();

  /**
   * A counter.
   *
   * @param label name of the label; empty for a single series
   * @param series by the value of the label
   */
  public record Counter(String name, String help, String label, Map<String, LongAdder> series) {}

  /** Adds a counter. */
  protected final LongAdder counter(String name, String help) {
    LongAdder counter = new LongAdder();
    all.add(new Counter(name, help, "", Map.of("", counter)));
    return counter;
  }

  /** Adds a counter for each constant, which is the value of the label in lower case. */
  protected final <K extends Enum<K>> Map<K, LongAdder> counters(
      String name, String help, String label, Class<K> keys) {
    Map<K, LongAdder> counters = new EnumMap<>(keys);
    Map<String, LongAdder> series = new LinkedHashMap<>();
    for (K key : keys.getEnumConstants()) {
      LongAdder counter = new LongAdder();
      counters.put(key, counter);
      series.put(key.name().toLowerCase(Locale.ROOT), counter);
    }
    all.add(new Counter(name, help, label, series));
    return Collections.unmodifiableMap(counters);
  }

  /** Increments the counter of a constant. */
  public static <K> void increment(Map<K, LongAdder> counts, K key) {
    LongAdder count = counts.get(key);
    if (count != null) {
      count.increment();
    }
  }

  /** All counters. */
  public List<Counter> all() {
    return all;
  }
}
