package io.blkwarden.commandline;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Suggestions for misspelt names. */
public final class Nearest {
  private Nearest() {}

  /**
   * The choice with the smallest edit distance, other than the name itself; the alphabetically
   * first of several.
   */
  public static Optional<String> of(String written, Collection<String> choices) {
    return choices.stream()
        .filter(choice -> !choice.equals(written))
        .sorted()
        .min(Comparator.comparingInt(choice -> distance(written, choice)));
  }

  /** A question such as {@code did you mean vm176?}; empty if no choice is similar. */
  public static String question(String written, Collection<String> choices) {
    return of(written, choices)
        .filter(choice -> distance(written, choice) <= Math.max(1, written.length() / 3))
        .map("did you mean %s?"::formatted)
        .orElse("");
  }

  /** The Levenshtein distance. */
  private static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j <= other.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int change = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[other.length()];
  }
}
