package io.blkwarden.controller.recording.files;

import io.blkwarden.controller.recording.Entry;
import io.blkwarden.controller.recording.FileEncoder;
import io.blkwarden.controller.recording.FileHeader;
import io.blkwarden.controller.recording.ReceiveTime;
import io.blkwarden.controller.recording.RecordingFormat;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
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
  private static final int BUFFER = 256 << 10;
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

  private final Path folder;
  private final RecordingLimits limits;
  private final UUID session;
  private final String prefix;
  private final CarriedSnapshots snapshots = new CarriedSnapshots();
  private @Nullable Open open;
  private int number;
  private int deleted;
  private long bytes;

  /** The open file; {@code carried} is the length of header and snapshots. */
  private record Open(
      Path path, FileChannel channel, OutputStream out, FileEncoder encoder, long carried) {}

  /**
   * A recording; the first entry creates a file.
   *
   * @param folder an existing directory
   * @param session random for each start of the recorder
   * @param prefix subject prefix
   */
  public RecordingFolder(Path folder, RecordingLimits limits, UUID session, String prefix) {
    this.folder = folder;
    this.limits = limits;
    this.session = session;
    this.prefix = prefix;
  }

  /** Adds an entry, in a new file if the current one is full. */
  public void add(Entry entry) throws IOException {
    Open current = open;
    if (current != null && current.encoder().written() - current.carried() >= limits.fileBytes()) {
      finish(current);
      current = null;
    }
    if (current == null) {
      current = create(entry.at());
    }
    long before = current.encoder().written();
    current.encoder().add(entry);
    bytes += current.encoder().written() - before;
    if (entry instanceof Entry.Message message) {
      snapshots.update(message);
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
                    RecordingFormat.SUFFIX));
    FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
    FileEncoder encoder = new FileEncoder(out, new FileHeader(session, number, at, prefix));
    number++;
    for (Entry.Message old : snapshots.all()) {
      encoder.add(new Entry.Message(at, true, old.subject(), old.payload()));
    }
    Open created = new Open(path, channel, out, encoder, encoder.written());
    open = created;
    bytes += encoder.written();
    out.flush();
    return created;
  }

  /** Deletes the oldest recordings until the next file fits. */
  private void makeRoom() throws IOException {
    List<Path> all = new ArrayList<>(list(folder));
    long total = 0;
    for (Path each : all) {
      total += Files.size(each);
    }
    long next = limits.fileBytes() + snapshots.bytes();
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
          .filter(path -> String.valueOf(path.getFileName()).endsWith(RecordingFormat.SUFFIX))
          .filter(path -> String.valueOf(path.getFileName()).startsWith("blkwarden-"))
          .sorted()
          .toList();
    }
  }

  /** Flushes to the operating system. */
  public void flush() throws IOException {
    if (open != null) {
      open.out().flush();
    }
  }

  private void finish(Open current) throws IOException {
    open = null;
    try (FileChannel channel = current.channel()) {
      current.encoder().close();
      current.out().flush();
      channel.force(true);
    }
  }

  /** The current file; null before the first entry. */
  public @Nullable Path current() {
    return open == null ? null : open.path();
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
    return bytes;
  }

  /** Completes the current file. */
  @Override
  public void close() throws IOException {
    if (open != null) {
      finish(open);
    }
  }
}
