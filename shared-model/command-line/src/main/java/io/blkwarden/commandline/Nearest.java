package io.blkwarden.commandline;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Suggestions for misspelt names. */
public final class Nearest {
  private static final int LENGTH_MAX = 64;

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

  /** The nearest choice if at most a third of its letters, 3 at most, differ; else empty. */
  public static Optional<String> similar(String written, Collection<String> choices) {
    if (written.length() > LENGTH_MAX) {
      return Optional.empty();
    }
    return of(written, choices)
        .filter(near -> distance(written, near) <= Math.clamp(near.length() / 3, 1, 3));
  }

  /** A question such as {@code did you mean vm176?}; empty if no choice is similar. */
  public static String question(String written, Collection<String> choices) {
    return similar(written, choices).map("did you mean %s?"::formatted).orElse("");
  }

  /** Letters to insert, delete, replace or swap with the next one. */
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + change);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
