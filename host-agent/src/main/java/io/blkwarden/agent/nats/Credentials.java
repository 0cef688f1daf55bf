package io.blkwarden.agent.nats;

import io.blkwarden.model.NatsSeed;
import io.nats.client.NKey;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.nio.file.Path;

/** The credentials of this host for NATS. */
public sealed interface Credentials {
  /** An NKey seed; never printed. */
  record Seed(String seed) implements Credentials {
    @Override
    public String toString() {
      return "***";
    }
  }

  /** A {@code .creds} file with a JWT, which the client reads. */
  record JwtFile(Path file) implements Credentials {}

  /**
   * The credentials in the text of a file.
   *
   * @throws IllegalArgumentException if it is neither kind, or the checksum of its seed is wrong
   */
  static Credentials of(Path file, String text) {
    NatsSeed.requireEither(text);
    try {
      NatsSeed.find(text).ifPresent(seed -> NKey.fromSeed(seed.toCharArray()).clear());
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("a seed whose checksum is wrong", e);
    }
    return NatsSeed.inSeedFile(text).<Credentials>map(Seed::new).orElseGet(() -> new JwtFile(file));
  }

  /** Configures a connection to use them. */
  default void configure(Options.Builder options) {
    switch (this) {
      case Seed(String seed) ->
          options.authHandler(Nats.staticCredentials(null, seed.toCharArray()));
      case JwtFile(Path file) -> options.credentialPath(file.toString());
    }
  }
}
