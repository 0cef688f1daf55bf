package io.blkwarden.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.Channels;
import java.nio.file.Path;

/** A named pipe that is full: a writer waits until a test reads. */
public final class FullPipe implements AutoCloseable {
  /** What the kernel keeps of a pipe that is not read (pipe(7)). */
  private static final int BYTES = 65_536;

  private final File file;
  private final RandomAccessFile ends;

  /** Creates the pipe in a folder. */
  public FullPipe(Path folder) throws IOException, InterruptedException {
    file = folder.resolve("pipe").toFile();
    int code = new ProcessBuilder("mkfifo", file.toString()).start().waitFor();
    if (code != 0) {
      throw new IOException("mkfifo %s: exit code %d".formatted(file, code));
    }
    ends = new RandomAccessFile(file, "rw"); // open for reading and writing: does not block
    ends.write(new byte[BYTES]);
  }

  /** The file to write to. */
  public File file() {
    return file;
  }

  /** Reads what fills it, so that writers continue. */
  public void unblock() throws IOException {
    int read = Channels.newInputStream(ends.getChannel()).readNBytes(BYTES).length;
    if (read != BYTES) {
      throw new IOException("expected %d bytes, found %d".formatted(BYTES, read));
    }
  }

  /** The next bytes as text; blocks until they are written. */
  public String read(int bytes) throws IOException {
    return new String(Channels.newInputStream(ends.getChannel()).readNBytes(bytes), UTF_8);
  }

  @Override
  public void close() throws IOException {
    ends.close();
  }
}
