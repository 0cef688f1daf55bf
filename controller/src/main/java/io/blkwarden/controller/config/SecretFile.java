package io.blkwarden.controller.config;

import io.blkwarden.controller.notify.settings.Secret;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/** Reads a token file that only its owner can access. */
public final class SecretFile {
  private static final int BYTES_MAX = 4_096;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private SecretFile() {}

  /**
   * The token: one line of at least 16 visible ASCII characters.
   *
   * @throws IllegalArgumentException if the file cannot be used; names it and says what to do
   */
  public static Secret read(Path file) {
    try {
      if (!OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file))) {
        throw new IllegalArgumentException(
            "%s: expected mode 0600, but others have access: chmod 600 %s".formatted(file, file));
      }
      if (Files.size(file) > BYTES_MAX) {
        throw new IllegalArgumentException(
            "%s: expected at most %d bytes".formatted(file, BYTES_MAX));
      }
      String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
      if (!text.matches("[!-~]{16,}")) {
        throw new IllegalArgumentException(
            "%s: expected one line of 16 or more visible ASCII characters".formatted(file));
      }
      return new Secret(text);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("%s: expected ASCII".formatted(file));
    } catch (IOException | UnsupportedOperationException e) {
      throw new IllegalArgumentException("cannot read %s: %s".formatted(file, e));
    }
  }
}
