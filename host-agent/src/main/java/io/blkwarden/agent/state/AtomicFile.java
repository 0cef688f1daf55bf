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
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A file of the state directory that is replaced as a whole, readable by root only.
 *
 * <p>A new state is written beside the old one, forced to the device and renamed over it, so a
 * process that is killed at any point leaves one of the two whole.
 */
final class AtomicFile {
  private AtomicFile() {}

  /** Replaces a file; makes the directory when it is not there. */
  static void replace(Path directory, String name, byte[] bytes) throws IOException {
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path next = directory.resolve(name + ".new");
    write(next, ByteBuffer.wrap(bytes));
    Files.move(next, directory.resolve(name), ATOMIC_MOVE);
    try (FileChannel channel = FileChannel.open(directory, READ)) {
      channel.force(true);
    }
  }

  private static void write(Path path, ByteBuffer bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            path,
            Set.of(CREATE, WRITE, TRUNCATE_EXISTING),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }
}
