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
 * Recording files in the order in which they were written, to be read as often as needed.
 *
 * <p>Files of one session go by their numbers, for the wall clock may have been set back between
 * them; sessions go by the time at which their first file here was begun.
 */
public final class RecordingSet {
  /**
   * How much of what came before a time is read for its sake, in ms: agents send their map each
   * minute, so that within this each has.
   */
  public static final long LEAD_MILLIS = 90_000;

  private final List<Member> members;
  private final List<Skipped> skipped;

  private record Member(Path path, FileHeader header, long bytes) {}

  /**
   * A file of a folder that was left out.
   *
   * @param file which
   * @param why what was found instead of a recording
   */
  public record Skipped(Path file, String why) {}

  private RecordingSet(List<Member> members, List<Skipped> skipped) {
    this.members = members;
    this.skipped = List.copyOf(skipped);
  }

  /** What takes the entries. */
  public interface EntryListener {
    /** Takes one, with the begin of its file. */
    void take(FileHeader file, Entry entry);

    /** How far the reading is, in bytes of all files together. */
    default void reached(long bytes) {}
  }

  /** What takes note of damage. */
  public interface CorruptionListener {
    /** Something in a file could not be read. */
    void damaged(Path file, CorruptRange damage);
  }

  /**
   * Opens files, and all recordings of folders. A file of a folder that has no whole header, as one
   * that a recorder began as its machine went down, is left out, see {@link #skipped}.
   *
   * @throws IOException if a file cannot be read, or if one that was named itself is no recording;
   *     the message begins with its name
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
        .sorted(Comparator.comparingLong(files -> begun(files.getFirst())))
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

  private static long begun(Member member) {
    return member.header().begun().wallMillis();
  }

  /** How many files there are. */
  public int size() {
    return members.size();
  }

  /** How long they are together, in bytes. */
  public long bytes() {
    return members.stream().mapToLong(Member::bytes).sum();
  }

  /** Files of folders that were left out. */
  public List<Skipped> skipped() {
    return skipped;
  }

  /**
   * Reads all files from a time on. What was carried to the begin of the first of them comes too,
   * and what came in the last {@link #LEAD_MILLIS} before the time: without it nobody would know
   * the maps.
   *
   * @param fromMillis by the recorder's wall clock
   * @throws IOException if one cannot be read
   */
  public void read(long fromMillis, EntryListener taker, CorruptionListener damages) throws IOException {
    int first = first(fromMillis);
    long before = members.subList(0, first).stream().mapToLong(Member::bytes).sum();
    for (Member member : members.subList(first, members.size())) {
      try (FileSource source = FileSource.open(member.path())) {
        RecordingReader reader = new RecordingReader(source);
        if (fromMillis - LEAD_MILLIS > begun(member)) {
          Optional<Entry> next = reader.next();
          while (next.isPresent() && next.get() instanceof Entry.Message m && m.carried()) {
            taker.take(member.header(), m);
            next = reader.next();
          }
          reader.seek(fromMillis - LEAD_MILLIS);
        }
        for (Optional<Entry> next = reader.next(); next.isPresent(); next = reader.next()) {
          taker.take(member.header(), next.get());
          taker.reached(before + reader.position());
        }
        before += member.bytes();
        reader.corruptRanges().forEach(damage -> damages.damaged(member.path(), damage));
      }
    }
  }

  /** The last file that was begun before the time that is wanted, with its lead. */
  private int first(long fromMillis) {
    int first = 0;
    for (int i = 1; i < members.size(); i++) {
      if (begun(members.get(i)) <= fromMillis - LEAD_MILLIS) {
        first = i;
      }
    }
    return first;
  }
}
