package io.blkwarden.controller.nats;

import io.blkwarden.model.NatsSeed;
import io.blkwarden.model.OperatorKey;
import io.nats.client.NKey;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Optional;

/** NKeys of NATS users: made, read, and given to the client. */
public final class Seeds {
  private Seeds() {}

  /** A new user's seed. */
  public static String create(SecureRandom random) {
    try {
      return new String(NKey.createUser(random).getSeed());
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("this Java cannot make an Ed25519 key", e);
    }
  }

  /**
   * The public key of a seed.
   *
   * @throws IllegalArgumentException if it is none, such as one with a wrong letter
   */
  public static String publicKey(String seed) {
    try {
      return new String(NKey.fromSeed(seed.toCharArray()).getPublicKey());
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new IllegalArgumentException("a seed whose checksum is wrong", e);
    }
  }

  /**
   * The public key of the user in a file of credentials.
   *
   * @throws IllegalArgumentException if there is no seed in it
   */
  static OperatorKey publicKey(Path file) throws IOException {
    return new OperatorKey(
        NatsSeed.find(Files.readString(file))
            .map(Seeds::publicKey)
            .orElseThrow(() -> new IllegalArgumentException("without a seed")));
  }

  /**
   * Lets a connection use a file of credentials; with a seed its replies come to {@code
   * _INBOX.<public key>}, which no other user may hear.
   *
   * @throws IllegalArgumentException if it is too large, of no such kind, or its seed is none
   */
  static void use(Path file, Options.Builder options) throws IOException {
    if (Files.size(file) > NatsSeed.FILE_MAX) {
      throw new IllegalArgumentException(
          "a file of more than %d bytes".formatted(NatsSeed.FILE_MAX));
    }
    String text = Files.readString(file);
    NatsSeed.requireEither(text);
    Optional<String> key = NatsSeed.find(text).map(Seeds::publicKey);
    Optional<String> seed = NatsSeed.inSeedFile(text);
    if (seed.isPresent()) {
      options.inboxPrefix("_INBOX." + key.orElseThrow() + ".");
      options.authHandler(Nats.staticCredentials(null, seed.get().toCharArray()));
    } else {
      options.credentialPath(file.toString());
    }
  }
}
