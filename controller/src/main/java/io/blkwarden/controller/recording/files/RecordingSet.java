package io.blkwarden.controller.recording.files;

import io.blkwarden.controller.recording.Entry;
import io.blkwarden.controller.recording.FileHeader;
import io.blkwarden.controller.recording.RecordingReader;
import io.blkwarden.controller.recording.RecordingReader.RecordingException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

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
  private final List<String> problems;

  private record Member(Path path, FileHeader header, long bytes) {}

  private RecordingSet(List<Member> members, List<String> problems) {
    this.members = members;
    this.problems = problems;
  }

  /** Receives the entries. */
  public interface EntryListener {
    /**
     * Receives an entry.
     *
     * @param file header of its file
     * @param bytes number of bytes read of all files
     */
    void entry(FileHeader file, Entry entry, long bytes);
  }

  /**
   * Opens files and all recordings of directories. Files of directories without a valid header,
   * such as after a crash, are {@link #problems}.
   *
   * @throws IOException if a file cannot be read, or a file given by name is not a recording; the
   *     message starts with its name
   */
  public static RecordingSet open(List<Path> paths) throws IOException {
    Map<Path, Member> found = new TreeMap<>();
    List<String> problems = new ArrayList<>();
    for (Path path : paths) {
      boolean folder = Files.isDirectory(path);
      for (Path file : folder ? RecordingFolder.list(path) : List.of(path)) {
        try (InputStream in = Files.newInputStream(file)) {
          long size = Files.size(file);
          FileHeader header = new RecordingReader(in, size, 0).header();
          found.put(file.toRealPath(), new Member(file, header, size));
        } catch (RecordingException e) {
          if (!folder) {
            throw new IOException(path + ": " + e.getMessage(), e);
          }
          problems.add("%s: skipped: %s".formatted(file, e.getMessage()));
        } catch (IOException e) {
          throw new IOException(
              "%s cannot be read (%s)".formatted(file, e.getClass().getSimpleName()), e);
        }
      }
    }
    Map<UUID, List<Member>> sessions =
        found.values().stream()
            .sorted(Comparator.comparingInt(each -> each.header().number()))
            .collect(Collectors.groupingBy(each -> each.header().session()));
    List<Member> ordered =
        sessions.values().stream()
            .sorted(Comparator.comparingLong(files -> startMillis(files.getFirst())))
            .flatMap(List::stream)
            .toList();
    return new RecordingSet(ordered, problems);
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

  /** The files that are not recordings, and the ranges that could not be read so far. */
  public List<String> problems() {
    return List.copyOf(problems);
  }

  /**
   * Reads all files from a time on, including the snapshots at the start of the first file and the
   * {@link #LEAD_MILLIS} before the time, for the maps.
   *
   * @param fromMillis start by the recorder's wall clock
   */
  public void read(long fromMillis, EntryListener listener) throws IOException {
    int first = first(fromMillis);
    long before = members.subList(0, first).stream().mapToLong(Member::bytes).sum();
    for (Member member : members.subList(first, members.size())) {
      try (InputStream in = new BufferedInputStream(Files.newInputStream(member.path()))) {
        RecordingReader reader = new RecordingReader(in, member.bytes(), fromMillis - LEAD_MILLIS);
        for (Optional<Entry> next = reader.next(); next.isPresent(); next = reader.next()) {
          listener.entry(member.header(), next.get(), before + reader.position());
        }
        before += member.bytes();
        reader.corruptRanges().forEach(range -> problems.add(member.path() + ": " + range));
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
