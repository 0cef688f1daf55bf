package io.blkwarden.agent.trace;

import io.blkwarden.agent.files.FileFault;
import io.blkwarden.agent.kernel.ReadResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The files of tracefs below its mount point. Methods that change something return the error, if
 * any.
 */
class TraceFiles {
  /** Mount points since Linux 4.1, and before. */
  private static final List<String> MOUNT_POINTS =
      List.of("sys/kernel/tracing", "sys/kernel/debug/tracing");

  private final Path top;

  TraceFiles(Path top) {
    this.top = top;
  }

  /** The mounted tracefs; failed with the state of each mount point. */
  static ReadResult<TraceFiles> find(Path root) {
    List<String> problems = new ArrayList<>();
    for (String mountPoint : MOUNT_POINTS) {
      Path top = root.resolve(mountPoint);
      if (Files.isDirectory(top.resolve("instances"))) {
        return ReadResult.present(new TraceFiles(top));
      }
      if (!Files.exists(top)) {
        problems.add(top + " does not exist");
      } else if (!Files.isReadable(top) || !Files.isExecutable(top)) {
        problems.add(top + " is not readable; run as root");
      } else if (Files.exists(top.resolve("trace"))) {
        problems.add(top + " has no instances: this kernel is older than 3.10");
      } else {
        problems.add("tracefs is not mounted at " + top);
      }
    }
    return ReadResult.failed("no tracefs: " + String.join("; ", problems));
  }

  /** The text of a file, truncated to a limit in bytes. */
  ReadResult<String> read(String path, int limitBytes) {
    try (InputStream in = Files.newInputStream(top.resolve(path))) {
      return ReadResult.present(new String(in.readNBytes(limitBytes), StandardCharsets.UTF_8));
    } catch (IOException e) {
      return unread(path, e);
    }
  }

  /** Names in a directory, sorted. */
  ReadResult<List<String>> list(String path) {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(top.resolve(path))) {
      for (Path entry : entries) {
        names.add(String.valueOf(entry.getFileName()));
      }
    } catch (IOException e) {
      return unread(path, e);
    } catch (DirectoryIteratorException e) {
      return unread(path, Objects.requireNonNull(e.getCause()));
    }
    Collections.sort(names);
    return ReadResult.present(List.copyOf(names));
  }

  boolean exists(String path) {
    return Files.exists(top.resolve(path));
  }

  /** Writes in one call: the kernel handles each write separately. */
  Optional<String> write(String path, String text) {
    return change(
        path,
        file -> {
          try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
          }
        });
  }

  /** Truncates a file; for {@code trace} this clears the buffers and counters of all CPUs. */
  Optional<String> clear(String path) {
    return change(
        path,
        file ->
            FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
                .close());
  }

  Optional<String> makeDirectory(String path) {
    return change(path, Files::createDirectory);
  }

  Optional<String> removeDirectory(String path) {
    return change(path, Files::delete);
  }

  private interface Change {
    void make(Path file) throws IOException;
  }

  private Optional<String> change(String path, Change change) {
    try {
      change.make(top.resolve(path));
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(reason(path, e));
    }
  }

  private <T> ReadResult<T> unread(String path, IOException e) {
    return e instanceof NoSuchFileException
        ? ReadResult.absent(path)
        : ReadResult.failed(reason(path, e));
  }

  private String reason(String path, IOException e) {
    String words =
        switch (e) {
          case AccessDeniedException _ -> "not permitted; run as root";
          case NoSuchFileException _ -> "does not exist";
          case FileAlreadyExistsException _ -> "already exists";
          default -> FileFault.text(e);
        };
    return top.resolve(path) + ": " + words;
  }
}
