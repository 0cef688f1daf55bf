package io.blkwarden.controller.bus;

import io.blkwarden.controller.nats.Bucket;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The entries of operators' input that the engine last received, with the history of their bucket.
 *
 * @param history of the bucket, up to the last change that was read
 * @param values stored values by key
 */
record KnownOperatorInputs(Bucket.History history, Map<String, byte[]> values) {
  KnownOperatorInputs {
    values = Map.copyOf(values);
  }

  /**
   * Whether the bucket has lost its history: it was created again, or has fewer changes than were
   * read.
   */
  boolean isLostIn(Bucket.History now) {
    return !now.created().equals(history.created()) || now.last() < history.last();
  }

  /**
   * The entries to restore; none if the bucket has kept its history, because missing entries were
   * deleted then.
   *
   * @param found the keys in the bucket, including deletion markers: later changes win
   */
  Map<String, byte[]> missingIn(Bucket.History now, Set<String> found) {
    Map<String, byte[]> missing = new TreeMap<>();
    if (isLostIn(now)) {
      missing.putAll(values);
      missing.keySet().removeAll(found);
    }
    return missing;
  }

  /** A copy that counts as lost until the engine receives the bucket again. */
  KnownOperatorInputs lost() {
    return new KnownOperatorInputs(history.with(Long.MAX_VALUE), values);
  }

  /** The number of entries by kind, as "{pause=1, silence=2}". */
  static String count(Set<String> keys) {
    return keys.stream()
        .collect(
            Collectors.groupingBy(
                key -> key.replaceAll("\\..*", ""), TreeMap::new, Collectors.counting()))
        .toString();
  }
}
