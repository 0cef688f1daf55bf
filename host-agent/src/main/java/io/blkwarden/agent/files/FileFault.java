package io.blkwarden.agent.files;

import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.blkwarden.agent.kernel.ReadResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The result of a failed read: absent if the file, device or task is gone, else failed.
 *
 * <p>{@link IOException} has no error number, so the file is checked again, and some errors are
 * recognised by their English text: run the agent with {@code LC_ALL=C}.
 */
public final class FileFault {
  /** ENODEV, ENXIO, ESRCH and EOPNOTSUPP: the file exists, but not what it is about. */
  private static final List<String> GONE =
      List.of("No such device", "No such process", "Operation not supported");

  private static final List<String> DENIED =
      List.of("Permission denied", "Operation not permitted");

  private FileFault() {}

  /** The result for a failure. */
  static <T> ReadResult<T> reading(String path, Path file, IOException fault) {
    if (fault instanceof NoSuchFileException || Files.notExists(file)) {
      return ReadResult.absent(path);
    }
    String text = text(fault);
    if (GONE.stream().anyMatch(text::contains)) {
      return ReadResult.absent(path);
    }
    if (Files.isDirectory(file)) {
      return ReadResult.failed(path + ": " + text);
    }
    boolean denied = !Files.isReadable(file) || DENIED.stream().anyMatch(text::contains);
    return ReadResult.failed(
        denied
            ? path
                + ": permission denied; run as root, or with CAP_DAC_READ_SEARCH and"
                + " CAP_SYS_PTRACE"
            : path + ": " + text);
  }

  /** Writes a kernel file in one call: the kernel handles each write separately. */
  public static void write(Path file, String text) throws IOException {
    try (FileChannel channel = FileChannel.open(file, WRITE, TRUNCATE_EXISTING)) {
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }
  }

  /** The message of the exception, without the path. */
  public static String text(IOException fault) {
    Optional<String> reason =
        fault instanceof FileSystemException system
            ? Optional.ofNullable(system.getReason())
            : Optional.ofNullable(fault.getMessage());
    return reason.orElse(fault.getClass().getSimpleName());
  }
}
