package io.blkwarden.controller.recording.files;

import io.blkwarden.controller.recording.CorruptRange;
import io.blkwarden.controller.recording.Entry;
import io.blkwarden.controller.recording.FileHeader;
import io.blkwarden.controller.recording.RecordingException;
import io.blkwarden.controller.recording.RecordingReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Recording files in the order in which they were written.
 *
 * <p>Files of a session are ordered by number, as the wall clock may have been set back; sessions
 * by the start time of their first file.
 */
public final class RecordingSet {
  /**
   * How much is read before the start time, in ms: agents send their maps every minute, so this
   * includes each map.
   */
  public static final long LEAD_MILLIS = 90_000;

  private final List<Member> members;
  private final List<Skipped> skipped;

  private record Member(Path path, FileHeader header, long bytes) {}

  /**
   * A file of a directory that is not a recording.
   *
   * @param file the file
   * @param why what was found instead
   */
  public record Skipped(Path file, String why) {}

  private RecordingSet(List<Member> members, List<Skipped> skipped) {
    this.members = members;
    this.skipped = List.copyOf(skipped);
  }

  /** Receives the entries. */
  public interface EntryListener {
    /** Receives an entry and the header of its file. */
    void entry(FileHeader file, Entry entry);

    /** Receives the number of bytes read of all files. */
    default void progress(long bytes) {}
  }

  /** Receives corrupt ranges. */
  public interface CorruptionListener {
    /** Receives a corrupt range of a file. */
    void corrupt(Path file, CorruptRange range);
  }

  /**
   * Opens files and all recordings of directories. Files of directories without a valid header,
   * such as after a crash, are {@link #skipped}.
   *
   * @throws IOException if a file cannot be read, or a file given by name is not a recording; the
   *     message starts with its name
   */
  public static RecordingSet open(List<Path> paths) throws IOException {
    Map<Path, Member> found = new TreeMap<>();
    List<Skipped> skipped = new ArrayList<>();
    for (Path path : paths) {
      if (Files.isDirectory(path)) {
        for (Path file : RecordingFolder.list(path)) {
          try {
            found.put(file.toRealPath(), member(file));
          } catch (RecordingException e) {
            skipped.add(new Skipped(file, String.valueOf(e.getMessage())));
          }
        }
      } else {
        try {
          Member member = member(path);
          found.put(path.toRealPath(), member);
        } catch (RecordingException e) {
          throw new IOException(path + ": " + e.getMessage(), e);
        }
      }
    }
    return new RecordingSet(ordered(found.values()), skipped);
  }

  private static List<Member> ordered(Iterable<Member> found) {
    Map<UUID, List<Member>> sessions = new TreeMap<>();
    found.forEach(member ->
        sessions.computeIfAbsent(member.header().session(), _ -> new ArrayList<>()).add(member));
    sessions
        .values()
        .forEach(files -> files.sort(Comparator.comparingInt(each -> each.header().number())));
    return sessions.values().stream()
        .sorted(Comparator.comparingLong(files -> startMillis(files.getFirst())))
        .flatMap(List::stream)
        .toList();
  }

  private static Member member(Path path) throws IOException {
    try (FileSource source = FileSource.open(path)) {
      return new Member(path, new RecordingReader(source).header(), source.size());
    } catch (RecordingException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(
          "%s cannot be read (%s)".formatted(path, e.getClass().getSimpleName()), e);
    }
  }

  private static long startMillis(Member member) {
    return member.header().startedAt().wallMillis();
  }

  /** Number of files. */
  public int size() {
    return members.size();
  }

  /** Total size in bytes. */
  public long bytes() {
    return members.stream().mapToLong(Member::bytes).sum();
  }

  /** Files of directories that are not recordings. */
  public List<Skipped> skipped() {
    return skipped;
  }

  /**
   * Reads all files from a time on, including the snapshots at the start of the first file and the
   * {@link #LEAD_MILLIS} before the time, for the maps.
   *
   * @param fromMillis start by the recorder's wall clock
   */
  public void read(long fromMillis, EntryListener listener, CorruptionListener corruption)
      throws IOException {
    int first = first(fromMillis);
    long before = members.subList(0, first).stream().mapToLong(Member::bytes).sum();
    for (Member member : members.subList(first, members.size())) {
      try (FileSource source = FileSource.open(member.path())) {
        RecordingReader reader = new RecordingReader(source);
        if (fromMillis - LEAD_MILLIS > startMillis(member)) {
          Optional<Entry> next = reader.next();
          while (next.isPresent() && next.get() instanceof Entry.Message m && m.carried()) {
            listener.entry(member.header(), m);
            next = reader.next();
          }
          reader.seek(fromMillis - LEAD_MILLIS);
        }
        for (Optional<Entry> next = reader.next(); next.isPresent(); next = reader.next()) {
          listener.entry(member.header(), next.get());
          listener.progress(before + reader.position());
        }
        before += member.bytes();
        reader.corruptRanges().forEach(range -> corruption.corrupt(member.path(), range));
      }
    }
  }

  /** The index of the last file that starts before the time and its lead. */
  private int first(long fromMillis) {
    int first = 0;
    for (int i = 1; i < members.size(); i++) {
      if (startMillis(members.get(i)) <= fromMillis - LEAD_MILLIS) {
        first = i;
      }
    }
    return first;
  }
}
