package io.blkwarden.controller.record.files;

import io.blkwarden.controller.record.Damage;
import io.blkwarden.controller.record.Entry;
import io.blkwarden.controller.record.FileHeader;
import io.blkwarden.controller.record.RecordingException;
import io.blkwarden.controller.record.RecordingReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Recording files in the order in which they were written, to be read as often as needed. */
public final class RecordingSet {
  private final List<Member> members;

  private record Member(Path path, FileHeader header) {}

  private RecordingSet(List<Member> members) {
    this.members = members;
  }

  /** What takes the entries. */
  public interface Taker {
    /** Takes one, with the begin of its file. */
    void take(FileHeader file, Entry entry);
  }

  /** What takes note of damage. */
  public interface Damages {
    /** Something in a file could not be read. */
    void damaged(Path file, Damage damage);
  }

  /**
   * Opens files, and all recordings of folders.
   *
   * @throws IOException if one cannot be read or is no recording; the message begins with its name
   */
  public static RecordingSet open(List<Path> paths) throws IOException {
    List<Member> members = new ArrayList<>();
    for (Path path : paths) {
      if (Files.isDirectory(path)) {
        for (Path file : RecordingFolder.list(path)) {
          members.add(member(file));
        }
      } else {
        members.add(member(path));
      }
    }
    members.sort(
        Comparator.comparingLong((Member each) -> each.header().begun().wallMillis())
            .thenComparing(each -> each.header().session())
            .thenComparingInt(each -> each.header().number()));
    return new RecordingSet(members);
  }

  private static Member member(Path path) throws IOException {
    try (FileSource source = FileSource.open(path)) {
      return new Member(path, new RecordingReader(source).header());
    } catch (RecordingException e) {
      throw new IOException(path + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new IOException("%s cannot be read (%s)".formatted(path, e), e);
    }
  }

  /** How many files there are. */
  public int size() {
    return members.size();
  }

  /**
   * Reads all files.
   *
   * @param fromMillis wall clock: what is much older is left out, see {@link RecordingReader#seek}
   * @throws IOException if one cannot be read
   */
  public void read(long fromMillis, Taker taker, Damages damages) throws IOException {
    for (Member member : members) {
      try (FileSource source = FileSource.open(member.path())) {
        RecordingReader reader = new RecordingReader(source);
        if (fromMillis > member.header().begun().wallMillis()) {
          reader.seek(fromMillis);
        }
        for (Optional<Entry> next = reader.next(); next.isPresent(); next = reader.next()) {
          taker.take(member.header(), next.get());
        }
        reader.damages().forEach(damage -> damages.damaged(member.path(), damage));
      }
    }
  }
}
