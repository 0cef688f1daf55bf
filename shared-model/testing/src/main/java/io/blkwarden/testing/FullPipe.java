package io.blkwarden.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.Channels;
import java.nio.file.Path;

/** A full named pipe: writers block until a test reads. */
public final class FullPipe implements AutoCloseable {
  /** The capacity of a pipe (pipe(7)). */
  private static final int BYTES = 65_536;

  private final File file;
  private final RandomAccessFile ends;

  /** Creates a full pipe in a directory. */
  public FullPipe(Path folder) throws IOException, InterruptedException {
    file = folder.resolve("pipe").toFile();
    int code = new ProcessBuilder("mkfifo", file.toString()).start().waitFor();
    if (code != 0) {
      throw new IOException("mkfifo %s: exit code %d".formatted(file, code));
    }
    ends = new RandomAccessFile(file, "rw"); // opening for both does not block
    ends.write(new byte[BYTES]);
  }

  /** The file to write to. */
  public File file() {
    return file;
  }

  /** Drains the pipe, so that writers continue. */
  public void unblock() throws IOException {
    int read = Channels.newInputStream(ends.getChannel()).readNBytes(BYTES).length;
    if (read != BYTES) {
      throw new IOException("expected %d bytes, found %d".formatted(BYTES, read));
    }
  }

  /** The next bytes as text; waits until this many were written. */
  public String read(int bytes) throws IOException {
    return new String(Channels.newInputStream(ends.getChannel()).readNBytes(bytes), UTF_8);
  }

  @Override
  public void close() throws IOException {
    ends.close();
  }
}
