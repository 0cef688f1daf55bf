package io.blkwarden.model;

import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Distinguishes the two kinds of NATS credentials files: a single NKey seed, as {@code blkwarden
 * nats init} writes, or a {@code .creds} file with a JWT.
 */
public final class NatsSeed {
  /** Maximum number of characters of a credentials file. */
  public static final int FILE_MAX = 16_384;

  /** A user's seed in Base32: two bytes of prefix, 32 of seed and two of checksum. */
  private static final Pattern SEED = Pattern.compile("SU[A-Z2-7]{56}");

  private static final String JWT = "-----BEGIN NATS USER JWT-----";

  private NatsSeed() {}

  /** The seed of a file that contains only it and comments ({@code #}); empty for other files. */
  public static Optional<String> inSeedFile(String text) {
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
   * Checks that a file is of either kind. A server that requires no credentials would not report an
   * invalid file.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static void requireEither(String text) {
    if (find(text).isEmpty() && !text.contains(JWT)) {
      throw new IllegalArgumentException(
          "something with neither a user's seed (SU...) nor a JWT in it");
    }
  }

  /** The first seed in a file of either kind. */
  public static Optional<String> find(String text) {
    return SEED.matcher(text).results().map(MatchResult::group).findFirst();
  }
}
