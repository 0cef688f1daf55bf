package io.blkwarden.model;

import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The two kinds of file with which one is known to NATS, told apart: a lone NKey seed, as {@code
 * blkwarden nats init} writes, or a {@code .creds} file with a JWT.
 */
public final class NatsSeed {
  /** Most characters that a file of either kind has. */
  public static final int FILE_MAX = 16_384;

  /** A user's seed: two bytes of prefix, 32 of seed and two of checksum, in Base32. */
  private static final Pattern SEED = Pattern.compile("SU[A-Z2-7]{56}");

  private static final String JWT = "-----BEGIN NATS USER JWT-----";

  private NatsSeed() {}

  /**
   * The seed of a file that holds nothing else but lines that begin with {@code #}; empty when it
   * is of another kind.
   */
  public static Optional<String> in(String text) {
    List<String> lines =
        text.lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
            .toList();
    return lines.size() == 1 && SEED.matcher(lines.getFirst()).matches()
        ? Optional.of(lines.getFirst())
        : Optional.empty();
  }

  /**
   * Checks that a file is of either kind. A server that asks for no credentials would take what is
   * neither without a word, until the day that it asks.
   *
   * @throws IllegalArgumentException if it is of none
   */
  public static void requireEither(String text) {
    if (anywhereIn(text).isEmpty() && !text.contains(JWT)) {
      throw new IllegalArgumentException(
          "something with neither a user's seed (SU...) nor a JWT in it");
    }
  }

  /** The seed of a file of either kind, for a look at whether it is whole. */
  public static Optional<String> anywhereIn(String text) {
    return SEED.matcher(text).results().map(MatchResult::group).findFirst();
  }
}
