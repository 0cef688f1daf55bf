package io.blkwarden.agent.kernel;

import java.util.List;
import java.util.function.Function;

/**
 * Kernel files below a root: {@code /} on a live host, or a captured tree.
 *
 * <p>Paths are relative to the root: {@code sys/block/dm-0/stat}. No method throws; a path outside
 * the root is {@link ReadResult.Failed}.
 */
public interface KernelFiles {
  /** Maximum size of a text in bytes; longer ones are malformed. */
  int MAX_TEXT_BYTES = 256 * 1024;

  /** Maximum number of names in a directory; more are malformed. */
  int MAX_NAMES = 65_536;

  /** The file's whole text. Bytes that are not UTF-8 become U+FFFD. */
  ReadResult<String> read(String path);

  /** Parses the file's text; the path prefixes the source of a malformed result. */
  default <T> ReadResult<T> parse(String path, Function<String, ReadResult<T>> parser) {
    return read(path).parse(path, parser);
  }

  /** Names in a directory, sorted, without {@code .} and {@code ..}. */
  ReadResult<List<String>> list(String dir);

  /** The target of a symbolic link, unresolved, such as {@code ../devices/vbd-1-51713}. */
  ReadResult<String> link(String path);

  /**
   * Reads the file into a reusable buffer, which is the result; a file above the buffer's limit is
   * malformed.
   */
  default ReadResult<FileBytes> read(String path, FileBytes into) {
    return read(path)
        .flatMap(text ->
            into.set(text)
                ? ReadResult.present(into)
                : ReadResult.malformed(path, into.limitText(), "more"));
  }

  /** Opens a file for repeated reads. */
  default OpenAttribute open(String path) {
    return into -> read(path, into);
  }

  /**
   * A short kernel file, such as a sysfs attribute, that stays open for repeated reads: opening it
   * is most of the cost of reading it.
   *
   * <p>After a failed read the next one reopens the file. Not thread-safe.
   */
  @FunctionalInterface
  interface OpenAttribute extends AutoCloseable {
    /** Reads the file into the buffer, which is the result. */
    ReadResult<FileBytes> read(FileBytes into);

    @Override
    default void close() {}
  }
}
