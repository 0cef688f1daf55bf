package io.blkwarden.agent.kernel;

import java.util.List;

/**
 * The kernel's files below a root: {@code /} on a live host, or a captured tree.
 *
 * <p>Paths are relative to the root and have no leading slash: {@code sys/block/dm-0/stat}. No
 * method throws; a path that would leave the root is {@link ReadResult.Failed}.
 */
public interface KernelFiles {
  /** Longest text that {@link #read(String)} returns, in bytes; more is malformed. */
  int MAX_TEXT_BYTES = 256 * 1024;

  /** Most names that {@link #list(String)} returns; more is malformed. */
  int MAX_NAMES = 65_536;

  /** The file's whole text. Bytes that are not UTF-8 become U+FFFD. */
  ReadResult<String> read(String path);

  /** Names in a directory, sorted, without {@code .} and {@code ..}. */
  ReadResult<List<String>> list(String dir);

  /** What a symbolic link points to, unresolved, such as {@code ../devices/vbd-1-51713}. */
  ReadResult<String> link(String path);

  /**
   * Reads the file's bytes into a buffer that the caller keeps, for reading every second without
   * garbage; a file longer than the buffer's limit is malformed. The value is the buffer itself.
   */
  default ReadResult<FileBytes> read(String path, FileBytes into) {
    return read(path)
        .flatMap(text ->
            into.set(text)
                ? ReadResult.present(into)
                : ReadResult.malformed(path, into.limitText(), "more"));
  }

  /** The file to be read again and again, held open where that is possible. */
  default OpenAttribute open(String path) {
    return new OpenAttribute() {
      @Override
      public ReadResult<FileBytes> read(FileBytes into) {
        return KernelFiles.this.read(path, into);
      }

      @Override
      public void close() {}
    };
  }

  /**
   * A short file of the kernel, such as an attribute in sysfs, that stays open to be read again and
   * again: to find and open one takes most of what reading it costs.
   *
   * <p>A device that went and came again is found anew by the read after the one that failed. Not
   * safe for use by several threads.
   */
  interface OpenAttribute extends AutoCloseable {
    /** The file as it is now; the value is the buffer itself, with all that one read gives. */
    ReadResult<FileBytes> read(FileBytes into);

    /** Lets go of it. */
    @Override
    void close();
  }
}
