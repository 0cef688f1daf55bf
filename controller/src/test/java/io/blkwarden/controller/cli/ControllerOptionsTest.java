package io.blkwarden.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.commandline.ExitCodes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Invalid options and files: the controller does not start and reports all problems. */
final class ControllerOptionsTest {
  @TempDir Path folder;

  @Test
  void invalidNotifyFileIsUsageError() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("notify.yaml"), "webhooks: [ { uri: x } ]\nalertmanager: []\n");

    CommandResult result =
        CommandResult.run("", "controller", "--no-http", "--notify", file.toString());

    assertThat(result.code()).isEqualTo(ExitCodes.USAGE);
    assertThat(result.err())
        .contains(
            "notify.yaml:1:",
            "webhooks[0].uri: unknown key",
            "did you mean 'url'?",
            "notify.yaml:2:",
            "did you mean 'alertmanagers'");
  }

  @Test
  void tokenReadableByOthersIsUsageError() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "0123456789abcdef");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

    CommandResult result =
        CommandResult.run("", "controller", "--http-token-file", file.toString());

    assertThat(result.code()).isEqualTo(ExitCodes.USAGE);
    assertThat(result.err()).contains("--http-token-file: " + file, "chmod 600");
  }

  @Test
  void invalidNumberOfDisksIsUsageError() {
    for (String wrong : List.of("many", "-1", "10001", "")) {
      CommandResult result = CommandResult.run("", "controller", "--metrics-disks", wrong);

      assertThat(result.code()).isEqualTo(ExitCodes.USAGE);
      assertThat(result.err())
          .contains("--metrics-disks: expected 0 to 10000, or all, found '%s'".formatted(wrong));
    }
  }
}
