package io.blkwarden.agent.state;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * A file of the state directory that is replaced atomically, readable by root only.
 *
 * <p>New content is written to {@code NAME.new}, synced, and renamed over the old file, so a killed
 * process leaves either the old or the new content.
 *
 * @param directory its directory
 * @param name its name
 * @param maxBytes longest file that is read
 */
record StateFile(Path directory, String name, int maxBytes) {
  /** The result of reading the file. */
  sealed interface Content {
    /** The file does not exist. */
    record Missing() implements Content {}

    /** The bytes of the file. */
    final class Bytes implements Content {
      private final byte[] bytes;

      private Bytes(byte[] bytes) {
        this.bytes = bytes;
      }

      byte[] get() {
        return bytes;
      }
    }

    /** The file exists and cannot be read. */
    record Unreadable(String detail) implements Content {}
  }

  Path path() {
    return directory.resolve(name);
  }

  Content read() {
    try (FileChannel channel = FileChannel.open(path(), READ)) {
      long size = channel.size();
      if (size > maxBytes) {
        return new Content.Unreadable(
            "%s: expected at most %d bytes, found %d".formatted(path(), maxBytes, size));
      }
      ByteBuffer bytes = ByteBuffer.allocate((int) size);
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
      return new Content.Bytes(Arrays.copyOf(bytes.array(), bytes.position()));
    } catch (NoSuchFileException _) {
      return new Content.Missing();
    } catch (IOException e) {
      return new Content.Unreadable("%s: cannot be read: %s".formatted(path(), e));
    }
  }

  /** Replaces the file and creates its directory if needed; returns the error, if any. */
  Optional<String> replace(byte[] bytes) {
    try {
      Path next = write(directory, name + ".new", Set.of(CREATE, WRITE, TRUNCATE_EXISTING), bytes);
      Files.move(next, path(), ATOMIC_MOVE);
      try (FileChannel channel = FileChannel.open(directory, READ)) {
        channel.force(true);
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("%s: cannot be written: %s".formatted(path(), e));
    }
  }

  /** Removes the file; returns the error, if any. */
  Optional<String> remove() {
    return remove(path());
  }

  /** Renames the file to {@code NAME.corrupt}; returns what was done. */
  String setAside() {
    Path corrupt = directory.resolve(name + ".corrupt");
    try {
      Files.move(path(), corrupt, ATOMIC_MOVE);
      return "renamed to " + corrupt;
    } catch (IOException e) {
      return "cannot be renamed: " + e;
    }
  }

  /** Writes and syncs a file that only root can read; creates its directory if needed. */
  static Path write(Path directory, String name, Set<OpenOption> how, byte[] bytes)
      throws IOException {
    createDirectory(directory);
    Path path = directory.resolve(name);
    try (FileChannel channel = FileChannel.open(path, how, permissions("rw-------"))) {
      ByteBuffer rest = ByteBuffer.wrap(bytes);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
    return path;
  }

  /** Creates a directory and its parents, accessible to root only. */
  static void createDirectory(Path directory) throws IOException {
    Files.createDirectories(directory, permissions("rwx------"));
  }

  /** Creates a new empty file in the place of an old one; returns the error, if any. */
  static Optional<String> create(Path path) {
    try {
      Files.deleteIfExists(path);
      Files.createFile(path, permissions("rw-------"));
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("%s: cannot be created: %s".formatted(path, e));
    }
  }

  /** Removes a file; returns the error, if any. */
  static Optional<String> remove(Path path) {
    try {
      Files.deleteIfExists(path);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("%s: cannot be removed: %s".formatted(path, e));
    }
  }

  static FileAttribute<Set<PosixFilePermission>> permissions(String permissions) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
  }
}
