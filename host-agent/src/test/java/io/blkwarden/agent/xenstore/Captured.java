package io.blkwarden.agent.xenstore;

import io.blkwarden.agent.kernel.ReadResult;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Files captured on a real dom0; see MANIFEST.txt beside them. */
public final class Captured {
  private Captured() {}

  /** The text of one file. */
  public static String text(String name) {
    try (InputStream in = Captured.class.getResourceAsStream("/dom0-events/" + name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static TextXenStore xenStore() {
    return switch (TextXenStore.parse(text("xenstore-ls-f.txt"))) {
      case ReadResult.Present<TextXenStore>(TextXenStore store) -> store;
      case ReadResult<TextXenStore> bad -> throw new AssertionError(bad.describe());
    };
  }
}
