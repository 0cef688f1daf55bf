package io.blkwarden.agent.lease;

import io.blkwarden.agent.probe.Reading;
import io.blkwarden.agent.queue.HeldSetting;
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

  /** A line of the copy: its boot in the first one, then a setting each. */
  private record Line(@Nullable UUID boot, @Nullable HeldSetting held) {}

  /** Settings of a boot, as one of the two files has them. */
  private record Settings(UUID boot, List<HeldSetting> held, boolean whole) {}

  /**
   * What this boot's runs have changed; none when there is no file. The copy makes up for a file
   * that is damaged; of two damaged ones the settings that are intact count. Malformed when a file
   * was damaged and nothing makes up for it.
   */
  public Reading<List<HeldSetting>> load() {
    Reading<Settings> copied = read(copy, this::decodeCopy);
    if (copied instanceof Reading.Present<Settings>(Settings found) && found.whole()) {
      return Reading.present(ofThisBoot(found));
    }
    Reading<Settings> main = read(json, this::decodeJson);
    if (main instanceof Reading.Present<Settings>(Settings found)) {
      return Reading.present(ofThisBoot(found));
    }
    if (copied instanceof Reading.Present<Settings>(Settings found) && !found.held().isEmpty()) {
      return Reading.present(ofThisBoot(found));
    }
    if (main instanceof Reading.Absent && copied instanceof Reading.Absent) {
      return Reading.present(List.of());
    }
    Reading<Settings> worse = main instanceof Reading.Absent ? copied : main;
    return worse.isPresent()
        ? Reading.malformed(copy.path().toString(), FORMAT, "damaged lines")
        : worse.withoutValue();
  }

  private List<HeldSetting> ofThisBoot(Settings found) {
    return found.boot().equals(boot) ? found.held() : List.of();
  }

  private static Reading<Settings> read(
      StateFile file, Function<byte[], Reading<Settings>> decode) {
    return switch (file.read()) {
      case StateFile.Content.Missing _ -> Reading.absent(file.path().toString());
      case StateFile.Content.Unreadable(String detail) -> Reading.failed(detail);
      case StateFile.Content.Bytes bytes -> decode.apply(bytes.get());
    };
  }

  private Reading<Settings> decodeJson(byte[] bytes) {
    try {
      Document found = LeaseJson.MAPPER.readValue(bytes, Document.class);
      return found == null
          ? Reading.malformed(json.path().toString(), FORMAT, "null")
          : Reading.present(new Settings(found.boot(), found.held(), true));
    } catch (JacksonException | IllegalArgumentException e) {
      return Reading.malformed(json.path().toString(), FORMAT, String.valueOf(e.getMessage()));
    }
  }

  private Reading<Settings> decodeCopy(byte[] bytes) {
    RecordLines.Read read = RecordLines.decode(bytes);
    UUID from = null;
    List<HeldSetting> held = new ArrayList<>();
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
        ? Reading.malformed(copy.path().toString(), "a line with the boot", "none intact")
        : Reading.present(new Settings(from, held, whole));
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
  public Optional<String> save(List<HeldSetting> held) {
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
