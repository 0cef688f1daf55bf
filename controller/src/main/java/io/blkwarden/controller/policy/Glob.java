package io.blkwarden.controller.policy;

import io.blkwarden.model.Require;

/**
 * A case-sensitive pattern: {@code *} matches any characters, {@code ?} one.
 *
 * <p>Matching takes at most time proportional to pattern × text.
 *
 * @param pattern 1 to 255 characters
 */
public record Glob(String pattern) {
  /** Matches everything. */
  public static final Glob ANY = new Glob("*");

  public Glob {
    Require.text(pattern, 255, "pattern");
  }

  /** Whether the whole text matches. */
  public boolean matches(String text) {
    int at = 0;
    int p = 0;
    int star = -1;
    int resume = 0;
    while (at < text.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        resume = at;
      } else if (p < pattern.length()
          && (pattern.charAt(p) == '?' || pattern.charAt(p) == text.charAt(at))) {
        p++;
        at++;
      } else if (star >= 0) {
        p = star + 1;
        at = ++resume;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  @Override
  public String toString() {
    return pattern;
  }
}
