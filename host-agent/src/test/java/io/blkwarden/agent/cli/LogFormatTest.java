package io.blkwarden.agent.cli;

import io.blkwarden.agent.Main;
import io.blkwarden.testing.LogFormats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

final class LogFormatTest extends LogFormats {
  @TempDir Path folder;

  LogFormatTest() {
    super(Main.class, "nats: ");
  }

  @Override
  protected List<String> service() throws IOException {
    return List.of(
        "run",
        "--root=" + root(),
        "--host=dom0-7",
        "--nats=nats://127.0.0.1:1",
        "--state-dir=" + folder);
  }

  /** A host without guests. */
  private Path root() throws IOException {
    Path root = folder.resolve("root");
    Path random = Files.createDirectories(root.resolve("proc/sys/kernel/random"));
    Files.writeString(random.resolve("boot_id"), "8f7de4a5-4d8c-4c3d-9b0c-2f3a1f6f0c11\n");
    Files.writeString(root.resolve("xenstore.txt"), "");
    return root;
  }
}
