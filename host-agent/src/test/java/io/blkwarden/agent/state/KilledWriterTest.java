package io.blkwarden.agent.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.lease.LeaseStore.FoundLeases;
import io.blkwarden.agent.lease.LeaseStore.StoredLeases;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that constantly stores leases is killed repeatedly. */
final class KilledWriterTest {
  private static final int KILLS = 4;

  @TempDir Path directory;

  @Test
  void killedWriterLeavesAnIntactFile() throws IOException, InterruptedException {
    Random random = new Random(7);
    for (int kill = 0; kill < KILLS; kill++) {
      Process writer =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xshare:auto",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Writer.class.getName(),
                  directory.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try (BufferedReader saved =
          new BufferedReader(new InputStreamReader(writer.getInputStream(), UTF_8))) {
        int rounds = 1 + random.nextInt(50);
        for (int n = 0; n < rounds; n++) {
          assertThat(saved.readLine()).as("the writer's progress").isNotNull();
        }
        writer.destroyForcibly().waitFor();
      }

      FoundLeases found = new LeaseFile(directory).load();
      assertThat(found.faults()).isEmpty();
      StoredLeases stored = found.stored().orElseThrow();
      assertThat(stored).isEqualTo(LeaseFileTest.leases((int) stored.epoch()));
    }
  }

  /** The process that is killed. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] args) {
      LeaseFile file = new LeaseFile(Path.of(args[0]));
      for (int n = 0; true; n = (n + 1) % 40) {
        if (file.save(LeaseFileTest.leases(n)).isEmpty()) {
          System.out.println(n);
        }
      }
    }
  }
}
