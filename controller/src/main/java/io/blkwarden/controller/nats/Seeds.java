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

/** NKey seeds of NATS users. */
public final class Seeds {
  private Seeds() {}

  /** Creates a user's seed. */
  public static String create(SecureRandom random) {
    try {
      return new String(NKey.createUser(random).getSeed());
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime does not support Ed25519", e);
    }
  }

  /**
   * The public key of a seed.
   *
   * @throws IllegalArgumentException if it is invalid
   */
  public static String publicKey(String seed) {
    try {
      return new String(NKey.fromSeed(seed.toCharArray()).getPublicKey());
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new IllegalArgumentException("a seed whose checksum is wrong", e);
    }
  }

  /**
   * The user's public key of a credentials file.
   *
   * @throws IllegalArgumentException if it contains no seed
   */
  static OperatorKey publicKey(Path file) throws IOException {
    return new OperatorKey(
        NatsSeed.find(Files.readString(file))
            .map(Seeds::publicKey)
            .orElseThrow(() -> new IllegalArgumentException("without a seed")));
  }

  /**
   * Configures a connection with a credentials file; with a seed, the inbox prefix is {@code
   * _INBOX.<public key>}, to which no other user may subscribe.
   *
   * @throws IllegalArgumentException if the file is too large or invalid
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
