package io.blkwarden.agent.files;

import io.blkwarden.agent.kernel.FileBytes;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.KernelFiles.OpenAttribute;
import io.blkwarden.agent.kernel.ReadResult;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's files below a root: {@code /} on a live host, or a captured tree.
 *
 * <p>Paths with {@code ..} are refused. In a captured tree, so are paths whose symbolic links lead
 * out of the root. That check is not atomic with the read: the tree must not change meanwhile.
 */
public final class RootedFiles implements KernelFiles {
  private static final String SLASH = "/";

  private final Path root;
  private final boolean confined;

  /** The reused buffer of text reads: a scan reads thousands of short files. */
  private final AtomicReference<@Nullable FileBytes> spare = new AtomicReference<>();

  private RootedFiles(Path root) {
    this.root = root;
    this.confined = !root.toString().equals(SLASH);
  }

  /** Files below an existing directory. */
  public static ReadResult<RootedFiles> below(Path directory) {
    try {
      Path real = directory.toRealPath();
      return Files.isDirectory(real)
          ? ReadResult.present(new RootedFiles(real))
          : ReadResult.failed("root " + directory + ": expected a directory, found a file");
    } catch (NoSuchFileException missing) {
      return ReadResult.absent("root " + directory);
    } catch (IOException e) {
      return ReadResult.failed("root " + directory + ": " + FileFault.text(e));
    }
  }

  @Override
  public ReadResult<String> read(String path) {
    FileBytes kept = spare.getAndSet(null);
    FileBytes bytes = kept == null ? new FileBytes(MAX_TEXT_BYTES) : kept;
    ReadResult<String> text = read(path, bytes).map(FileBytes::text);
    spare.set(bytes);
    return text;
  }

  @Override
  public ReadResult<FileBytes> read(String path, FileBytes into) {
    if (!confined) {
      return isPlain(path) ? read(path, SLASH + path, into) : refused(path);
    }
    return locate(path).flatMap(file -> read(path, file.toString(), into));
  }

  private static ReadResult<FileBytes> read(String path, String file, FileBytes into) {
    try (InputStream in = new FileInputStream(file)) {
      return into.fill(in)
          ? ReadResult.present(into)
          : ReadResult.malformed(path, into.limitText(), "more");
    } catch (IOException e) {
      return FileFault.reading(path, Path.of(file), e);
    }
  }

  @Override
  public OpenAttribute open(String path) {
    return new Held(path);
  }

  private final class Held implements OpenAttribute, FileBytes.OneRead {
    private final String path;
    private @Nullable FileChannel channel;

    Held(String path) {
      this.path = path;
    }

    @Override
    public ReadResult<FileBytes> read(FileBytes into) {
      if (confined) {
        close(); // files of a captured tree may be replaced
      }
      return channel == null ? locate(path).flatMap(file -> openAndRead(file, into)) : again(into);
    }

    private ReadResult<FileBytes> openAndRead(Path file, FileBytes into) {
      try {
        channel = FileChannel.open(file, StandardOpenOption.READ);
        return fill(into);
      } catch (IOException e) {
        close();
        return FileFault.reading(path, file, e);
      }
    }

    private ReadResult<FileBytes> again(FileBytes into) {
      try {
        return fill(into);
      } catch (IOException _) {
        close(); // the device is gone; a new one may have its name
        return read(into);
      }
    }

    private ReadResult<FileBytes> fill(FileBytes into) throws IOException {
      return into.fillAtOnce(this) // not a capturing lambda, which is slow in C1
          ? ReadResult.present(into)
          : ReadResult.malformed(path, "less than a buffer", "more");
    }

    @Override
    public int into(ByteBuffer bytes) throws IOException {
      return Objects.requireNonNull(channel).read(bytes, 0);
    }

    @Override
    public void close() {
      FileChannel open = channel;
      channel = null;
      if (open != null) {
        try {
          open.close();
        } catch (IOException _) {
          // opened for reading only: nothing is lost
        }
      }
    }
  }

  @Override
  public ReadResult<List<String>> list(String dir) {
    return locate(dir).flatMap(directory -> list(dir, directory));
  }

  private static ReadResult<List<String>> list(String path, Path directory) {
    String[] names = directory.toFile().list();
    if (names == null) {
      return unlisted(path, directory);
    }
    if (names.length > MAX_NAMES) {
      return ReadResult.malformed(path, "at most " + MAX_NAMES + " names", "more");
    }
    Arrays.sort(names);
    return ReadResult.present(List.of(names));
  }

  /** Why it could not be listed, which {@link java.io.File#list} does not report. */
  private static ReadResult<List<String>> unlisted(String path, Path directory) {
    try (DirectoryStream<Path> _ = Files.newDirectoryStream(directory)) {
      return ReadResult.failed(path + ": changed while being listed");
    } catch (IOException e) {
      return FileFault.reading(path, directory, e);
    }
  }

  @Override
  public ReadResult<String> link(String path) {
    if (!isPlain(path)) {
      return refused(path);
    }
    int slash = path.lastIndexOf('/');
    ReadResult<Path> directory =
        slash < 0 ? ReadResult.present(root) : locate(path.substring(0, slash));
    return directory.flatMap(found -> link(path, found.resolve(path.substring(slash + 1))));
  }

  private static ReadResult<String> link(String path, Path link) {
    try {
      return ReadResult.present(Files.readSymbolicLink(link).toString());
    } catch (NotLinkException e) {
      return ReadResult.malformed(path, "a symbolic link", "another kind of file");
    } catch (IOException e) {
      return FileFault.reading(path, link, e);
    }
  }

  /** The path below the root; in a captured tree, links are resolved and checked. */
  private ReadResult<Path> locate(String path) {
    if (!isPlain(path)) {
      return refused(path);
    }
    Path file = root.resolve(path);
    if (!confined) {
      return ReadResult.present(file);
    }
    try {
      Path real = file.toRealPath();
      return real.startsWith(root)
          ? ReadResult.present(real)
          : ReadResult.failed("%s: leads out of the root %s, to %s".formatted(path, root, real));
    } catch (IOException e) {
      return FileFault.reading(path, file, e);
    }
  }

  private static <T> ReadResult<T> refused(String path) {
    return ReadResult.failed(
        "path '%s': expected one below the root, without '.', '..' or empty parts".formatted(path));
  }

  private static boolean isPlain(String path) {
    for (int start = 0; start <= path.length(); ) {
      int slash = path.indexOf('/', start);
      int end = slash < 0 ? path.length() : slash;
      int length = end - start;
      if (length == 0
          || (length == 1 && path.startsWith(".", start))
          || (length == 2 && path.startsWith("..", start))) {
        return false;
      }
      start = end + 1;
    }
    return path.indexOf('\0') < 0;
  }

  @Override
  public String toString() {
    return "files below " + root;
  }
}
