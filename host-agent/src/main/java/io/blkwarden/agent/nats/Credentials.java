package io.blkwarden.agent.nats;

import io.blkwarden.model.NatsSeed;
import io.nats.client.NKey;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.nio.file.Path;

/** How this host is known to NATS. */
public sealed interface Credentials {
  /** A lone NKey seed, which nothing prints. */
  record Seed(String seed) implements Credentials {
    @Override
    public String toString() {
      return "***";
    }
  }

  /** A {@code .creds} file with a JWT, which the client reads itself. */
  record JwtFile(Path file) implements Credentials {}

  /**
   * What a file with this text is.
   *
   * @throws IllegalArgumentException if it is no such file, or its seed has a wrong checksum
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

  /** Lets a connection use them. */
  default void use(Options.Builder options) {
    switch (this) {
      case Seed(String seed) ->
          options.authHandler(Nats.staticCredentials(null, seed.toCharArray()));
      case JwtFile(Path file) -> options.credentialPath(file.toString());
    }
  }
}
