package io.blkwarden.commandline.top;

import io.blkwarden.commandline.Tty;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** A program that shows synthetic disks; with an argument it fails at the third refresh. */
final class ScreenProgram {
  private ScreenProgram() {}

  /** Runs it. */
  public static void main(String[] arguments) throws IOException {
    TopOptions options = new TopOptions();
    options.interval = Duration.ofMillis(100);
    AtomicInteger looks = new AtomicInteger();
    new TopLoop(
            options,
            true,
            (disk, throttle) -> "done: %s %s".formatted(throttle, disk.domain()),
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            Tty.ofProcess(System.getenv()),
            System::nanoTime)
        .run(() -> {
          if (looks.incrementAndGet() == 3 && arguments.length > 0) {
            throw new IllegalStateException("simulated failure");
          }
          return Disks.round(Disks.STALE, Disks.DATA, Disks.SWAP);
        });
  }
}
