package io.blkwarden.agent.state;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.queue.ChangedSetting;
import io.blkwarden.model.Require;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * The changed queue settings: {@code queue-settings.json} in the state directory and, with
 * checksums, {@code queue-settings.copy} in the directory for copies. Settings of another boot are
 * void, because the kernel has lost them.
 */
public final class QueueFile {
  private static final String FORMAT = "blkwarden.queue-settings.v1";
  private static final String NAME = "queue-settings.json";
  private static final int MAX_SETTINGS = 1_024;
  private static final int MAX_BYTES = 1 << 20;
  private static final String COPY_NAME = "queue-settings.copy";

  private final StateFile json;
  private final StateFile copy;
  private final UUID boot;

  /**
   * The files in two directories, which are created if needed.
   *
   * @param boot the host's current boot
   */
  public QueueFile(StateFolders folders, UUID boot) {
    this.json = new StateFile(folders.main(), NAME, MAX_BYTES);
    this.copy = new StateFile(folders.copies(), COPY_NAME, MAX_BYTES);
    this.boot = boot;
  }

  /**
   * The content of the file.
   *
   * @param format {@link #FORMAT}; others are not read
   * @param boot the boot in which the settings were changed
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

  /** A line of the copy: the boot in the first one, a setting in each other. */
  private record Line(@Nullable UUID boot, @Nullable ChangedSetting held) {}

  /** The settings in one of the two files. */
  private record Settings(UUID boot, List<ChangedSetting> held, boolean whole) {}

  /**
   * The settings changed in this boot; none if there is no file. An intact copy takes precedence;
   * of a damaged one, the intact settings are used if the other file is unusable. Malformed if a
   * file is damaged and the other one does not replace it.
   */
  public ReadResult<List<ChangedSetting>> load() {
    ReadResult<Settings> copied = copy.read().flatMap(this::decodeCopy);
    if (copied instanceof ReadResult.Present<Settings>(Settings found) && found.whole()) {
      return ReadResult.present(ofThisBoot(found));
    }
    ReadResult<Settings> main = json.read().flatMap(this::decodeJson);
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

  private ReadResult<Settings> decodeJson(byte[] bytes) {
    try {
      Document found = LeaseDocument.MAPPER.readValue(bytes, Document.class);
      return found == null
          ? ReadResult.malformed(json.path().toString(), FORMAT, "null")
          : ReadResult.present(new Settings(found.boot(), found.held(), true));
    } catch (JacksonException | IllegalArgumentException e) {
      return ReadResult.malformed(json.path().toString(), FORMAT, String.valueOf(e.getMessage()));
    }
  }

  private ReadResult<Settings> decodeCopy(byte[] bytes) {
    RecordLines.Read<Line> read = RecordLines.decode(bytes, Line.class);
    UUID from = null;
    List<ChangedSetting> held = new ArrayList<>();
    for (Line line : read.records()) {
      from = from == null ? line.boot() : from;
      Optional.ofNullable(line.held()).ifPresent(held::add);
    }
    return from == null
        ? ReadResult.malformed(copy.path().toString(), "a line with the boot", "none intact")
        : ReadResult.present(new Settings(from, held, read.whole()));
  }

  /**
   * Renames a damaged file to {@code queue-settings.json.corrupt}.
   *
   * @return what was done, for the log
   */
  public String setAside() {
    return json.setAside() + "; its settings are not restored";
  }

  /**
   * Replaces the stored settings.
   *
   * @return the error, if any
   */
  public Optional<String> save(List<ChangedSetting> held) {
    List<Map<String, ?>> lines = new ArrayList<>();
    lines.add(Map.of("boot", boot));
    held.forEach(each -> lines.add(Map.of("held", each)));
    byte[] document = LeaseDocument.MAPPER.writeValueAsBytes(new Document(FORMAT, boot, held));
    Optional<String> copyFault =
        held.isEmpty() ? copy.remove() : copy.replace(RecordLines.encode(lines));
    Optional<String> jsonFault = held.isEmpty() ? json.remove() : json.replace(document);
    return jsonFault.isPresent() && copyFault.isPresent() ? jsonFault : Optional.empty();
  }
}
