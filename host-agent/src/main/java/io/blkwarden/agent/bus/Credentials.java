package io.blkwarden.agent.bus;

import io.blkwarden.model.NatsSeed;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.nio.file.Path;
import java.util.Optional;

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

  /** What a file with this text is. */
  static Credentials of(Path file, String text) {
    Optional<String> seed = NatsSeed.in(text);
    return seed.isPresent() ? new Seed(seed.get()) : new JwtFile(file);
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
