package io.blkwarden.agent.state;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.queue.ChangedSetting;
import io.blkwarden.agent.queue.QueueStore;
import io.blkwarden.model.Require;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * What the agent has changed of devices' queues, in {@code queue-settings.json} of the state
 * directory and, with checksums, in {@code queue-settings.copy} of the copies' directory. The
 * kernel forgets all such settings with a boot, so those of another boot are void.
 */
public final class QueueFile implements QueueStore {
  private static final String FORMAT = "blkwarden.queue-settings.v1";
  private static final String NAME = "queue-settings.json";
  private static final int MAX_SETTINGS = 1_024;
  private static final int MAX_BYTES = 1 << 20;
  private static final String COPY_NAME = "queue-settings.copy";

  private final StateFile json;
  private final StateFile copy;
  private final UUID boot;

  /**
   * The file in a directory, which is made when it is not there.
   *
   * @param boot this boot of the host
   */
  public QueueFile(Path directory, UUID boot) {
    this(StateFolders.beside(directory), boot);
  }

  /**
   * The file in one directory and its copy in another, which are made when they are not there.
   *
   * @param boot this boot of the host
   */
  public QueueFile(StateFolders folders, UUID boot) {
    this.json = new StateFile(folders.main(), NAME, MAX_BYTES);
    this.copy = new StateFile(folders.copies(), COPY_NAME, MAX_BYTES);
    this.boot = boot;
  }

  /**
   * The text of the file.
   *
   * @param format {@link #FORMAT}; any other is not read
   * @param boot in which the settings were made
   * @param held the settings
   */
  private record Document(String format, UUID boot, List<ChangedSetting> held) {
    Document {
      if (!FORMAT.equals(format)) {
        throw new IllegalArgumentException(
            "format: expected %s, found %s".formatted(FORMAT, format));
      }
      Require.present(boot, "boot");
      held = Require.list(held, MAX_SETTINGS, "held");
    }
  }

  /** A line of the copy: its boot in the first one, then a setting each. */
  private record Line(@Nullable UUID boot, @Nullable ChangedSetting held) {}

  /** Settings of a boot, as one of the two files has them. */
  private record Settings(UUID boot, List<ChangedSetting> held, boolean whole) {}

  /**
   * What this boot's runs have changed; none when there is no file. The copy makes up for a file
   * that is damaged; of two damaged ones the settings that are intact count. Malformed when a file
   * was damaged and nothing makes up for it.
   */
  public ReadResult<List<ChangedSetting>> load() {
    ReadResult<Settings> copied = read(copy, this::decodeCopy);
    if (copied instanceof ReadResult.Present<Settings>(Settings found) && found.whole()) {
      return ReadResult.present(ofThisBoot(found));
    }
    ReadResult<Settings> main = read(json, this::decodeJson);
    if (main instanceof ReadResult.Present<Settings>(Settings found)) {
      return ReadResult.present(ofThisBoot(found));
    }
    if (copied instanceof ReadResult.Present<Settings>(Settings found) && !found.held().isEmpty()) {
      return ReadResult.present(ofThisBoot(found));
    }
    if (main instanceof ReadResult.Absent && copied instanceof ReadResult.Absent) {
      return ReadResult.present(List.of());
    }
    ReadResult<Settings> worse = main instanceof ReadResult.Absent ? copied : main;
    return worse.isPresent()
        ? ReadResult.malformed(copy.path().toString(), FORMAT, "damaged lines")
        : worse.withoutValue();
  }

  private List<ChangedSetting> ofThisBoot(Settings found) {
    return found.boot().equals(boot) ? found.held() : List.of();
  }

  private static ReadResult<Settings> read(
      StateFile file, Function<byte[], ReadResult<Settings>> decode) {
    return switch (file.read()) {
      case StateFile.Content.Missing _ -> ReadResult.absent(file.path().toString());
      case StateFile.Content.Unreadable(String detail) -> ReadResult.failed(detail);
      case StateFile.Content.Bytes bytes -> decode.apply(bytes.get());
    };
  }

  private ReadResult<Settings> decodeJson(byte[] bytes) {
    try {
      Document found = LeaseJson.MAPPER.readValue(bytes, Document.class);
      return found == null
          ? ReadResult.malformed(json.path().toString(), FORMAT, "null")
          : ReadResult.present(new Settings(found.boot(), found.held(), true));
    } catch (JacksonException | IllegalArgumentException e) {
      return ReadResult.malformed(json.path().toString(), FORMAT, String.valueOf(e.getMessage()));
    }
  }

  private ReadResult<Settings> decodeCopy(byte[] bytes) {
    RecordLines.Read read = RecordLines.decode(bytes);
    UUID from = null;
    List<ChangedSetting> held = new ArrayList<>();
    boolean whole = read.whole();
    for (byte[] record : read.records()) {
      try {
        Line line = LeaseJson.MAPPER.readValue(record, Line.class);
        from = from == null ? line.boot() : from;
        Optional.ofNullable(line.held()).ifPresent(held::add);
      } catch (JacksonException | IllegalArgumentException _) {
        whole = false;
      }
    }
    return from == null
        ? ReadResult.malformed(copy.path().toString(), "a line with the boot", "none intact")
        : ReadResult.present(new Settings(from, held, whole));
  }

  /**
   * Renames a file that cannot be understood to {@code queue-settings.json.corrupt}.
   *
   * @return what was done, for people
   */
  public String setAside() {
    return json.setAside() + "; what it would have put back stays as it is";
  }

  @Override
  public Optional<String> save(List<ChangedSetting> held) {
    List<byte[]> lines = new ArrayList<>();
    lines.add(LeaseJson.MAPPER.writeValueAsBytes(new Line(boot, null)));
    held.forEach(each -> lines.add(LeaseJson.MAPPER.writeValueAsBytes(new Line(null, each))));
    byte[] document = LeaseJson.MAPPER.writeValueAsBytes(new Document(FORMAT, boot, held));
    Optional<String> copyFault =
        held.isEmpty() ? copy.delete() : copy.replace(RecordLines.encode(lines));
    Optional<String> jsonFault = held.isEmpty() ? json.delete() : json.replace(document);
    return jsonFault.isPresent() && copyFault.isPresent() ? jsonFault : Optional.empty();
  }
}
