package io.blkwarden.controller.bus;

import io.blkwarden.controller.nats.Bucket;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The entries of operators' input that the engine was told last, and the state of the bucket that
 * they are of.
 *
 * @param history of the bucket, up to the last change that was read
 * @param values by key, as they are stored
 */
record KnownOperatorInputs(Bucket.History history, Map<String, byte[]> values) {
  KnownOperatorInputs {
    values = Map.copyOf(values);
  }

  /**
   * Whether the bucket has lost its history: it was created again, or has fewer changes than read.
   */
  boolean isLostIn(Bucket.History now) {
    return !now.created().equals(history.created()) || now.last() < history.last();
  }

  /**
   * The entries that are to be written back; none while the bucket has kept its history, as what
   * lacks then was deleted.
   *
   * @param found the keys that the bucket has now, also those that it marks as deleted: these were
   *     written or deleted since, which counts
   */
  Map<String, byte[]> missingIn(Bucket.History now, Set<String> found) {
    Map<String, byte[]> missing = new TreeMap<>();
    if (isLostIn(now)) {
      missing.putAll(values);
      missing.keySet().removeAll(found);
    }
    return missing;
  }

  /** The same after its loss was found: it stays lost until the engine is told the bucket again. */
  KnownOperatorInputs lost() {
    return new KnownOperatorInputs(history.with(Long.MAX_VALUE), values);
  }

  /** How many entries of each kind these keys are of, as "pause: 1, silences: 2". */
  static String count(Set<String> keys) {
    Map<String, Long> kinds =
        keys.stream()
            .collect(
                Collectors.groupingBy(
                    KnownOperatorInputs::kind, TreeMap::new, Collectors.counting()));
    return kinds.entrySet().stream()
        .map(each -> each.getKey() + ": " + each.getValue())
        .collect(Collectors.joining(", "));
  }

  private static String kind(String key) {
    if (key.equals(OperatorInputBucket.PAUSE)) {
      return "pause";
    }
    return key.startsWith(OperatorInputBucket.SILENCE) ? "silences" : "acknowledgements";
  }
}
