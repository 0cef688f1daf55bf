package io.blkwarden.agent.state;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.blkwarden.agent.kernel.ReadResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
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
  Path path() {
    return directory.resolve(name);
  }

  /** The content; absent if the file does not exist. */
  ReadResult<byte[]> read() {
    try (InputStream in = Files.newInputStream(path())) {
      byte[] bytes = in.readNBytes(maxBytes + 1);
      return bytes.length > maxBytes
          ? ReadResult.failed(
              "%s: expected at most %d bytes, found more".formatted(path(), maxBytes))
          : ReadResult.present(bytes);
    } catch (NoSuchFileException _) {
      return ReadResult.absent(path().toString());
    } catch (IOException e) {
      return ReadResult.failed("%s: cannot be read: %s".formatted(path(), e));
    }
  }

  /** Replaces the file and creates its directory if needed; returns the error, if any. */
  Optional<String> replace(byte[] bytes) {
    return attempt(
        path(),
        "cannot be written",
        () -> {
          Path next = write(name + ".new", Set.of(CREATE, WRITE, TRUNCATE_EXISTING), bytes);
          Files.move(next, path(), ATOMIC_MOVE);
          try (FileChannel channel = FileChannel.open(directory, READ)) {
            channel.force(true);
          }
        });
  }

  /** Appends to the file and creates its directory if needed; returns the error, if any. */
  Optional<String> append(byte[] bytes) {
    return attempt(
        path(), "cannot be written", () -> write(name, Set.of(CREATE, WRITE, APPEND), bytes));
  }

  /** A change of a file. */
  @FunctionalInterface
  interface Change {
    void make() throws IOException;
  }

  /** Makes a change; returns the error, if any. */
  static Optional<String> attempt(Path path, String failure, Change change) {
    try {
      change.make();
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("%s: %s: %s".formatted(path, failure, e));
    }
  }

  private Path write(String file, Set<OpenOption> how, byte[] bytes) throws IOException {
    createDirectory(directory);
    Path path = directory.resolve(file);
    try (FileChannel channel = FileChannel.open(path, how, permissions("rw-------"))) {
      ByteBuffer rest = ByteBuffer.wrap(bytes);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
    return path;
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

  /** Creates a directory and its parents, accessible to root only. */
  static void createDirectory(Path directory) throws IOException {
    Files.createDirectories(directory, permissions("rwx------"));
  }

  /** Removes a file; returns the error, if any. */
  static Optional<String> remove(Path path) {
    return attempt(path, "cannot be removed", () -> Files.deleteIfExists(path));
  }

  static FileAttribute<Set<PosixFilePermission>> permissions(String permissions) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
  }
}
