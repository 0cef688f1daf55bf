package io.blkwarden.controller.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NotifyFileTest {
  @TempDir Path folder;

  private Path secret(String text, String mode) throws IOException {
    Path file = Files.writeString(folder.resolve("token"), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  private NotifyFile notifying(Path token) throws IOException {
    return NotifyFile.read(
        Files.writeString(
            folder.resolve("notify.yaml"),
            "webhooks: [ { url: \"http://h.example/\", bearer_token_file: %s } ]"
                .formatted(token)));
  }

  @Test
  void readsTokenFromAPrivateFile() throws Exception {
    Path token = secret("0123456789abcdef\n", "rw-------");

    NotifyFile read = notifying(token);

    assertThat(read.problems()).isEmpty();
    assertThat(read.tokens().get(token)).isNotNull().matches(t -> t.matches("0123456789abcdef"));
    assertThat(read.toString()).doesNotContain("0123456789abcdef");
  }

  @Test
  void refusesATokenThatOthersCanRead() throws Exception {
    Path token = secret("0123456789abcdef", "rw-r--r--");

    assertThatThrownBy(() -> SecretFile.read(token)).hasMessageContaining("chmod 600");
    assertThat(notifying(token).problems())
        .singleElement()
        .asString()
        .contains("notify.yaml: bearer_token_file", "0600");
  }

  @Test
  void refusesAShortOrMissingToken() throws Exception {
    Path weak = secret("short", "rw-------");
    assertThatThrownBy(() -> SecretFile.read(weak)).hasMessageContaining("16 or more");
    assertThatThrownBy(() -> SecretFile.read(folder.resolve("none")))
        .hasMessageContaining("cannot read");
    assertThat(NotifyFile.read(folder.resolve("none")).problems()).hasSize(1);
  }
}
