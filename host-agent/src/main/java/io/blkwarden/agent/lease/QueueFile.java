package io.blkwarden.agent.lease;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import io.blkwarden.agent.probe.Reading;
import io.blkwarden.agent.queue.HeldSetting;
import io.blkwarden.agent.queue.QueueStore;
import io.blkwarden.model.Require;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the agent has changed of devices' queues, in {@code queue-settings.json} of the state
 * directory. The kernel forgets all such settings with a boot, so those of another boot are void.
 */
public final class QueueFile implements QueueStore {
  private static final String FORMAT = "blkwarden.queue-settings.v1";
  private static final String NAME = "queue-settings.json";
  private static final int MAX_SETTINGS = 1_024;
  private static final int MAX_BYTES = 1 << 20;
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private final Path directory;
  private final UUID boot;

  /**
   * The file in a directory, which is made when it is not there.
   *
   * @param boot this boot of the host
   */
  public QueueFile(Path directory, UUID boot) {
    this.directory = directory;
    this.boot = boot;
  }

  /**
   * The text of the file.
   *
   * @param format {@link #FORMAT}; any other is not read
   * @param boot in which the settings were made
   * @param held the settings
   */
  private record Document(String format, UUID boot, List<HeldSetting> held) {
    Document {
      if (!FORMAT.equals(format)) {
        throw new IllegalArgumentException(
            "format: expected %s, found %s".formatted(FORMAT, format));
      }
      Require.present(boot, "boot");
      held = Require.list(held, MAX_SETTINGS, "held");
    }
  }

  /** What this boot's runs have changed; none when there is no file. Malformed when it is torn. */
  public Reading<List<HeldSetting>> load() {
    Path file = directory.resolve(NAME);
    try {
      if (Files.size(file) > MAX_BYTES) {
        return Reading.malformed(file.toString(), "at most " + MAX_BYTES + " bytes", "more");
      }
      Document found = MAPPER.readValue(Files.readAllBytes(file), Document.class);
      return found == null
          ? Reading.malformed(file.toString(), FORMAT, "null")
          : Reading.present(found.boot().equals(boot) ? found.held() : List.of());
    } catch (NoSuchFileException _) {
      return Reading.present(List.of());
    } catch (IOException e) {
      return Reading.failed("%s: cannot be read: %s".formatted(file, e));
    } catch (JacksonException | IllegalArgumentException e) {
      return Reading.malformed(file.toString(), FORMAT, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Renames a file that cannot be understood to {@code queue-settings.json.corrupt}.
   *
   * @return what was done, for people
   */
  public String setAside() {
    Path corrupt = directory.resolve(NAME + ".corrupt");
    try {
      Files.move(directory.resolve(NAME), corrupt, ATOMIC_MOVE);
      return "set aside as " + corrupt + "; what it would have put back stays as it is";
    } catch (IOException e) {
      return "it cannot be set aside: " + e;
    }
  }

  @Override
  public Optional<String> save(List<HeldSetting> held) {
    try {
      if (held.isEmpty()) {
        Files.deleteIfExists(directory.resolve(NAME));
      } else {
        AtomicFile.replace(
            directory, NAME, MAPPER.writeValueAsBytes(new Document(FORMAT, boot, held)));
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("%s: cannot be written: %s".formatted(directory.resolve(NAME), e));
    }
  }
}
