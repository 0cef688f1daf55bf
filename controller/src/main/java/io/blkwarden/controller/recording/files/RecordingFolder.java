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
 * Writes one session's recording into a folder, file after file.
 *
 * <p>Names sort by time: {@code blkwarden-20261122T180005.120Z-1f3a9c02-0003.bwrec}, the session's
 * first 8 digits and the file's number. A file's begin repeats each host's last snapshot, so that
 * it can be understood when the files before it are gone. Not safe for use by several threads.
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

  /** The file at hand; {@code carried} bytes of it are its beginning. */
  private record Open(
      Path path, FileChannel channel, OutputStream out, FileEncoder encoder, long carried) {}

  /**
   * A recording without a file yet; the first entry begins one.
   *
   * @param folder exists
   * @param session random for each start of the recorder
   * @param prefix of all subjects
   */
  public RecordingFolder(Path folder, RecordingLimits limits, UUID session, String prefix) {
    this.folder = folder;
    this.limits = limits;
    this.session = session;
    this.prefix = prefix;
  }

  /** Adds an entry, to a new file if the last one is full. */
  public void add(Entry entry) throws IOException {
    Open current = open;
    if (current != null && current.encoder().written() - current.carried() >= limits.fileBytes()) {
      finish(current);
      current = null;
    }
    if (current == null) {
      current = begin(entry.at());
    }
    long before = current.encoder().written();
    current.encoder().add(entry);
    bytes += current.encoder().written() - before;
    if (entry instanceof Entry.Message message) {
      snapshots.see(message);
    }
  }

  private Open begin(ReceiveTime at) throws IOException {
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
    Open begun = new Open(path, channel, out, encoder, encoder.written());
    open = begun;
    bytes += encoder.written();
    out.flush();
    return begun;
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

  /** The recordings of a folder, oldest first by their names. */
  public static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(path -> String.valueOf(path.getFileName()).endsWith(RecordingFormat.SUFFIX))
          .filter(path -> String.valueOf(path.getFileName()).startsWith("blkwarden-"))
          .sorted()
          .toList();
    }
  }

  /** Hands everything to the system, so that it outlives this process. */
  public void flush() throws IOException {
    Open current = open;
    if (current != null) {
      current.out().flush();
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

  /** The file that is being written; null before the first entry. */
  public @Nullable Path current() {
    Open now = open;
    return now == null ? null : now.path();
  }

  /** Files begun so far. */
  public int files() {
    return number;
  }

  /** Old files deleted so far, to stay below the bound. */
  public int deleted() {
    return deleted;
  }

  /** Bytes written so far, over all files. */
  public long bytes() {
    return bytes;
  }

  /** Ends the last file as it should. */
  @Override
  public void close() throws IOException {
    Open current = open;
    if (current != null) {
      finish(current);
    }
  }
}
