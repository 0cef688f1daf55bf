package io.blkwarden.agent.probe;

import java.util.List;

/**
 * The kernel's files below a root: {@code /} on a live host, or a captured tree.
 *
 * <p>Paths are relative to the root and have no leading slash: {@code sys/block/dm-0/stat}. No
 * method throws; a path that would leave the root is {@link Reading.Failed}.
 */
public interface KernelFiles {
  /** Longest text that {@link #read(String)} returns, in bytes; more is malformed. */
  int MAX_TEXT_BYTES = 256 * 1024;

  /** Most names that {@link #list(String)} returns; more is malformed. */
  int MAX_NAMES = 65_536;

  /** The file's whole text. Bytes that are not UTF-8 become U+FFFD. */
  Reading<String> read(String path);

  /** Names in a directory, sorted, without {@code .} and {@code ..}. */
  Reading<List<String>> list(String dir);

  /** What a symbolic link points to, unresolved, such as {@code ../devices/vbd-1-51713}. */
  Reading<String> link(String path);

  /**
   * Reads the file's bytes into a buffer that the caller keeps, for reading every second without
   * garbage; a file longer than the buffer's limit is malformed. The value is the buffer itself.
   */
  default Reading<FileBytes> read(String path, FileBytes into) {
    return read(path)
        .flatMap(text ->
            into.set(text)
                ? Reading.present(into)
                : Reading.malformed(path, into.limitText(), "more"));
  }

  /** The file to be read again and again, held open where that is possible. */
  default HeldValue hold(String path) {
    return new HeldValue() {
      @Override
      public Reading<FileBytes> read(FileBytes into) {
        return KernelFiles.this.read(path, into);
      }

      @Override
      public void close() {}
    };
  }
}
