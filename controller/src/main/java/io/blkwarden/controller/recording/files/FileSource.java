package io.blkwarden.controller.recording.files;

import io.blkwarden.controller.recording.ByteSource;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The bytes of a file, with the size it had when opened. */
public final class FileSource implements ByteSource, AutoCloseable {
  private final FileChannel channel;
  private final long size;

  private FileSource(FileChannel channel, long size) {
    this.channel = channel;
    this.size = size;
  }

  /** Opens a file. */
  public static FileSource open(Path path) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    return new FileSource(channel, channel.size());
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public int read(long at, byte[] into, int from, int length) throws IOException {
    int count = channel.read(ByteBuffer.wrap(into, from, length), at);
    if (count < 1) {
      throw new EOFException("file truncated while reading");
    }
    return count;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
