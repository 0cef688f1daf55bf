package io.blkwarden.commandline.nats;

import io.blkwarden.model.NatsSeed;
import io.nats.client.NKey;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * The credentials of a NATS user: a file with an NKey seed, or a {@code .creds} file with a JWT.
 *
 * @param seed empty for a {@code .creds} file, which the client reads
 * @param publicKey of the seed in the file; empty if it has none
 */
public record NatsCredentials(Path file, Optional<String> seed, Optional<String> publicKey) {
  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException if it is too long or neither kind, or the checksum of its seed
   *     is wrong; the message continues "found ..." and "the credentials are ..."
   */
  public static NatsCredentials read(Path file) throws IOException {
    if (Files.size(file) > NatsSeed.FILE_MAX) {
      throw new IllegalArgumentException(
          "a file of more than %d bytes".formatted(NatsSeed.FILE_MAX));
    }
    String text = Files.readString(file);
    NatsSeed.requireEither(text);
    return new NatsCredentials(
        file, NatsSeed.inSeedFile(text), NatsSeed.find(text).map(NatsCredentials::publicKey));
  }

  /** Configures a connection to use them. */
  public void configure(Options.Builder options) {
    seed.ifPresentOrElse(
        known -> options.authHandler(Nats.staticCredentials(null, known.toCharArray())),
        () -> options.credentialPath(file.toString()));
  }

  /** Creates a seed. */
  public static String newSeed(SecureRandom random) {
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

  @Override
  public String toString() {
    return "***";
  }
}
