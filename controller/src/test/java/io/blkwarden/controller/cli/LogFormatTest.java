package io.blkwarden.controller.cli;

import io.blkwarden.controller.Main;
import io.blkwarden.testing.LogFormats;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

final class LogFormatTest extends LogFormats {
  @TempDir Path folder;

  LogFormatTest() {
    super(Main.class, "cannot reach NATS");
  }

  @Override
  protected List<String> service() {
    return List.of("controller", "--nats=nats://127.0.0.1:1", "--no-http", "--policies=" + folder);
  }
}
