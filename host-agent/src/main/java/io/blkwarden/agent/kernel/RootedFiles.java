package io.blkwarden.agent.kernel;

import io.blkwarden.agent.probe.FileBytes;
import io.blkwarden.agent.probe.HeldValue;
import io.blkwarden.agent.probe.KernelFiles;
import io.blkwarden.agent.probe.Reading;
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
 * The kernel's files below a directory: {@code /} on a live host, or a captured tree.
 *
 * <p>Paths with {@code ..} are refused. Below any root but {@code /}, so is a path whose symbolic
 * links lead out of the root; links within it work. The check and the read are two steps, which is
 * enough for a tree that nobody changes meanwhile.
 */
public final class RootedFiles implements KernelFiles {
  private static final String SLASH = "/";

  private final Path root;
  private final boolean confined;

  /** The buffer of the last text that was read: a scan reads ten thousand short ones. */
  private final AtomicReference<@Nullable FileBytes> spare = new AtomicReference<>();

  private RootedFiles(Path root) {
    this.root = root;
    this.confined = !root.toString().equals(SLASH);
  }

  /** Files below an existing directory. */
  public static Reading<RootedFiles> below(Path directory) {
    try {
      Path real = directory.toRealPath();
      return Files.isDirectory(real)
          ? Reading.present(new RootedFiles(real))
          : Reading.failed("root " + directory + ": expected a directory, found a file");
    } catch (NoSuchFileException missing) {
      return Reading.absent("root " + directory);
    } catch (IOException e) {
      return Reading.failed("root " + directory + ": " + FileFault.text(e));
    }
  }

  @Override
  public Reading<String> read(String path) {
    FileBytes kept = spare.getAndSet(null);
    FileBytes bytes = kept == null ? new FileBytes(MAX_TEXT_BYTES) : kept;
    Reading<FileBytes> read = read(path, bytes);
    Reading<String> text =
        read instanceof Reading.Present ? Reading.present(bytes.text()) : read.withoutValue();
    spare.set(bytes);
    return text;
  }

  @Override
  public Reading<FileBytes> read(String path, FileBytes into) {
    if (!confined) {
      return isPlain(path) ? read(path, SLASH + path, into) : refused(path);
    }
    return locate(path).flatMap(file -> read(path, file.toString(), into));
  }

  private static Reading<FileBytes> read(String path, String file, FileBytes into) {
    try (InputStream in = new FileInputStream(file)) {
      return into.fill(in)
          ? Reading.present(into)
          : Reading.malformed(path, into.limitText(), "more");
    } catch (IOException e) {
      return FileFault.reading(path, Path.of(file), e);
    }
  }

  @Override
  public HeldValue hold(String path) {
    return new Held(path);
  }

  private final class Held implements HeldValue, FileBytes.OneRead {
    private final String path;
    private @Nullable FileChannel channel;

    Held(String path) {
      this.path = path;
    }

    @Override
    public Reading<FileBytes> read(FileBytes into) {
      if (confined) {
        close(); // in a tree that is no kernel's, files are replaced by others of their name
      }
      return channel == null ? locate(path).flatMap(file -> openAndRead(file, into)) : again(into);
    }

    private Reading<FileBytes> openAndRead(Path file, FileBytes into) {
      try {
        channel = FileChannel.open(file, StandardOpenOption.READ);
        return fill(into);
      } catch (IOException e) {
        close();
        return FileFault.reading(path, file, e);
      }
    }

    private Reading<FileBytes> again(FileBytes into) {
      try {
        return fill(into);
      } catch (IOException _) {
        close(); // what it showed is gone; what has its name now is another
        return read(into);
      }
    }

    private Reading<FileBytes> fill(FileBytes into) throws IOException {
      return into.fillAtOnce(this) // C1 makes a lambda that holds something by a call of the JVM
          ? Reading.present(into)
          : Reading.malformed(path, "less than a buffer", "more");
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
          // It was open for reading only: nothing is lost.
        }
      }
    }
  }

  @Override
  public Reading<List<String>> list(String dir) {
    return locate(dir).flatMap(directory -> list(dir, directory));
  }

  private static Reading<List<String>> list(String path, Path directory) {
    String[] names = directory.toFile().list();
    if (names == null) {
      return unlisted(path, directory);
    }
    if (names.length > MAX_NAMES) {
      return Reading.malformed(path, "at most " + MAX_NAMES + " names", "more");
    }
    Arrays.sort(names);
    return Reading.present(List.of(names));
  }

  /** Why it could not be listed, which the quick way does not tell. */
  private static Reading<List<String>> unlisted(String path, Path directory) {
    try (DirectoryStream<Path> _ = Files.newDirectoryStream(directory)) {
      return Reading.failed(path + ": changed while it was listed");
    } catch (IOException e) {
      return FileFault.reading(path, directory, e);
    }
  }

  @Override
  public Reading<String> link(String path) {
    if (!isPlain(path)) {
      return refused(path);
    }
    int slash = path.lastIndexOf('/');
    Reading<Path> directory = slash < 0 ? Reading.present(root) : locate(path.substring(0, slash));
    return directory.flatMap(found -> link(path, found.resolve(path.substring(slash + 1))));
  }

  private static Reading<String> link(String path, Path link) {
    try {
      return Reading.present(Files.readSymbolicLink(link).toString());
    } catch (NotLinkException e) {
      return Reading.malformed(path, "a symbolic link", "another kind of file");
    } catch (IOException e) {
      return FileFault.reading(path, link, e);
    }
  }

  /** The path below the root; resolved and checked where the root is a captured tree. */
  private Reading<Path> locate(String path) {
    if (!isPlain(path)) {
      return refused(path);
    }
    Path file = root.resolve(path);
    if (!confined) {
      return Reading.present(file);
    }
    try {
      Path real = file.toRealPath();
      return real.startsWith(root)
          ? Reading.present(real)
          : Reading.failed("%s: leads out of the root %s, to %s".formatted(path, root, real));
    } catch (IOException e) {
      return FileFault.reading(path, file, e);
    }
  }

  private static <T> Reading<T> refused(String path) {
    return Reading.failed(
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
