package io.blkwarden.agent.kernel;

/**
 * A short file of the kernel, such as an attribute in sysfs, that stays open to be read again and
 * again: to find and open one takes most of what reading it costs.
 *
 * <p>A device that went and came again is found anew by the read after the one that failed. Not
 * safe for use by several threads.
 */
public interface OpenAttribute extends AutoCloseable {
  /** The file as it is now; the value is the buffer itself, with all that one read gives. */
  ReadResult<FileBytes> read(FileBytes into);

  /** Lets go of it. */
  @Override
  void close();
}
