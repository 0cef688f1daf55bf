package io.blkwarden.agent.state;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.READ;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * One file of the state that is replaced as a whole.
 *
 * @param directory its directory
 * @param name its name
 * @param maxBytes longest file that is read
 */
record StateFile(Path directory, String name, int maxBytes) {
  /** What reading it gave. */
  sealed interface Content {
    /** It is not there. */
    record Missing() implements Content {}

    /** Its bytes. */
    final class Bytes implements Content {
      private final byte[] bytes;

      private Bytes(byte[] bytes) {
        this.bytes = bytes;
      }

      byte[] get() {
        return bytes;
      }
    }

    /** It is there and cannot be read. */
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

  /** Replaces it; why it could not be. */
  Optional<String> replace(byte[] bytes) {
    try {
      AtomicFile.replace(directory, name, bytes);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("%s: cannot be written: %s".formatted(path(), e));
    }
  }

  /** Removes it; why it could not be. */
  Optional<String> delete() {
    try {
      Files.deleteIfExists(path());
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("%s: cannot be removed: %s".formatted(path(), e));
    }
  }

  /** Renames it to {@code NAME.corrupt}; says what was done. */
  String setAside() {
    Path corrupt = directory.resolve(name + ".corrupt");
    try {
      Files.move(path(), corrupt, ATOMIC_MOVE);
      return "set aside as " + corrupt;
    } catch (IOException e) {
      return "it cannot be set aside: " + e;
    }
  }
}
