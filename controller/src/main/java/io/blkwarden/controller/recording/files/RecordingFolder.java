package io.blkwarden.controller.recording.files;

import io.blkwarden.controller.recording.Entry;
import io.blkwarden.controller.recording.FileHeader;
import io.blkwarden.controller.recording.FileHeader.ReceiveTime;
import io.blkwarden.controller.recording.RecordingWriter;
import io.blkwarden.model.Require;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes the recording of one session to a directory, with rotation; not thread-safe.
 *
 * <p>File names sort by time: {@code blkwarden-20261122T180005.120Z-1f3a9c02-0003.bwrec}, with the
 * first 8 digits of the session and the file number. Each file starts with the last snapshot of
 * each host, so that it is self-contained.
 */
public final class RecordingFolder implements AutoCloseable {
  private static final String SUFFIX = ".bwrec";

  /**
   * Maximum length of the snapshots repeated at the start of a file. For hosts beyond that, the
   * file lacks the map until the agent sends it again, within a minute.
   */
  private static final long CARRIED_MAX = 128L << 20;

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

  private final Path folder;
  private final Limits limits;
  private final UUID session;
  private final String prefix;
  private final Map<String, Entry.Message> snapshots = new LinkedHashMap<>();
  private long snapshotBytes;
  private @Nullable Open open;
  private int number;
  private int deleted;
  private long bytes;

  /** The open file; {@code carried} is the length of header and snapshots. */
  private record Open(FileChannel channel, RecordingWriter writer, long carried) {}

  /**
   * The size limits of recordings.
   *
   * @param fileBytes size at which a new file is started, 1 MiB to 1 TiB; exceeded by at most one
   *     message
   * @param totalBytes maximum total size, including the next file, at least twice {@code
   *     fileBytes}; the oldest recordings are deleted
   */
  public record Limits(long fileBytes, long totalBytes) {
    public Limits {
      Require.within(fileBytes, 1 << 20, 1L << 40, "file size (bytes)");
      Require.within(totalBytes, 2 * fileBytes, Long.MAX_VALUE, "total size (bytes)");
    }
  }

  /**
   * A recording; the first entry creates a file.
   *
   * @param folder an existing directory
   * @param session random for each start of the recorder
   * @param prefix subject prefix
   */
  public RecordingFolder(Path folder, Limits limits, UUID session, String prefix) {
    this.folder = folder;
    this.limits = limits;
    this.session = session;
    this.prefix = prefix;
  }

  /** Adds an entry, in a new file if the current one is full. */
  public void add(Entry entry) throws IOException {
    Open current = open;
    if (current != null && current.writer().written() - current.carried() >= limits.fileBytes()) {
      close();
      current = null;
    }
    if (current == null) {
      current = create(entry.at());
    }
    current.writer().add(entry);
    if (entry instanceof Entry.Message message) {
      keep(message);
    }
  }

  /** Keeps the last snapshot of each host and the last policies, {@link #CARRIED_MAX} at most. */
  private void keep(Entry.Message message) {
    String subject = message.subject();
    if (!subject.equals(Entry.POLICIES)
        && !(subject.startsWith("mapping.") && subject.endsWith(".snapshot"))) {
      return;
    }
    Entry.Message old = snapshots.remove(subject);
    snapshotBytes -= old == null ? 0 : old.payload().length;
    if (snapshotBytes + message.payload().length <= CARRIED_MAX) {
      snapshotBytes += message.payload().length;
      snapshots.put(subject, message);
    }
  }

  private Open create(ReceiveTime at) throws IOException {
    makeRoom();
    Path path =
        folder.resolve(
            "blkwarden-%s-%s-%04d%s"
                .formatted(
                    STAMP.format(Instant.ofEpochMilli(at.wallMillis())),
                    session.toString().substring(0, 8),
                    number,
                    SUFFIX));
    FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    RecordingWriter writer =
        new RecordingWriter(
            Channels.newOutputStream(channel), new FileHeader(session, number++, at, prefix));
    for (Entry.Message old : snapshots.values()) {
      writer.carry(at, old);
    }
    writer.flush();
    Open opened = new Open(channel, writer, writer.written());
    open = opened;
    return opened;
  }

  /** Deletes the oldest recordings until the next file fits. */
  private void makeRoom() throws IOException {
    List<Path> all = new ArrayList<>(list(folder));
    long total = 0;
    for (Path each : all) {
      total += Files.size(each);
    }
    long next = limits.fileBytes() + snapshotBytes;
    while (!all.isEmpty() && total + next > limits.totalBytes()) {
      Path oldest = all.removeFirst();
      total -= Files.size(oldest);
      Files.delete(oldest);
      deleted++;
    }
  }

  /** The recordings in a directory, oldest first by name. */
  public static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(path -> String.valueOf(path.getFileName()).endsWith(SUFFIX))
          .filter(path -> String.valueOf(path.getFileName()).startsWith("blkwarden-"))
          .sorted()
          .toList();
    }
  }

  /** Flushes to the operating system. */
  public void flush() throws IOException {
    if (open != null) {
      open.writer().flush();
    }
  }

  /** Number of files created. */
  public int files() {
    return number;
  }

  /** Number of old files deleted. */
  public int deleted() {
    return deleted;
  }

  /** Bytes written to all files. */
  public long bytes() {
    return bytes + (open == null ? 0 : open.writer().written());
  }

  /** Completes the current file. */
  @Override
  public void close() throws IOException {
    Open last = open;
    open = null;
    if (last != null) {
      try (FileChannel channel = last.channel();
          RecordingWriter writer = last.writer()) {
        writer.flush();
        channel.force(true);
        bytes += writer.written();
      }
    }
  }
}
