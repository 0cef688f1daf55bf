package io.blkwarden.agent.cli;

import io.blkwarden.agent.Main;
import io.blkwarden.testing.LogFormats;
import java.io.IOException;
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
    return EmptyHost.run(folder, "nats://127.0.0.1:1");
  }
}
