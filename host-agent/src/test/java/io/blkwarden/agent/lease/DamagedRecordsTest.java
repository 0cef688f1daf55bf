package io.blkwarden.agent.lease;

import static io.blkwarden.model.IoPriority.IDLE;
import static io.blkwarden.model.IoPriority.UNSET;
import static io.blkwarden.model.IoPriority.bestEffort;
import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.lease.CommandGate.ReceivedCommand;
import io.blkwarden.agent.lease.LeaseStore.FoundLeases;
import io.blkwarden.agent.state.LeaseFile;
import io.blkwarden.agent.state.StateFolders;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recovery after an agent was killed and its lease records were damaged. */
final class DamagedRecordsTest {
  private static final long UPTIME_TICKS = 1_000_000;

  @TempDir Path directory;
  private final TestHost host = new TestHost();
  private final MappedDisk disk = host.addDisk(137, "xvda2", 500, 2);
  private final MappedDisk limited = host.addDisk(138, "xvda2", 600, 1);
  private final MappedDisk operators = host.addDisk(139, "xvda2", 700, 1);
  private StateFolders folders = StateFolders.beside(Path.of("."));
  private Throttler throttler = host.throttler;

  @BeforeEach
  void throttle() {
    folders = new StateFolders(directory.resolve("state"), directory.resolve("copies"));
    throttler = fresh();
    host.kernel.ionice(501, bestEffort(2));
    host.kernel.ionice(700, bestEffort(3));
    send(host.request(disk, host.id(), IDLE, 60_000));
    send(host.limit(limited, host.id(), 20, 60_000));
    assertThat(host.kernel.priority(501)).isEqualTo(IDLE);
    assertThat(throttler.table().all()).hasSize(2);
  }

  private Throttler fresh() {
    return new Throttler(
        TestHost.BOOT,
        new CommandGate(TestHost.ID, false, 0),
        _ -> java.util.Optional.empty(),
        host.kernel,
        host.kernel,
        host.kernel.groups(),
        new LeaseFile(folders),
        new Outcomes(TestHost.ID, TestHost.BOOT, () -> java.time.Instant.EPOCH, new Random(1)));
  }

  private Outcome send(CommandAction action) {
    return throttler
        .handle(
            new ReceivedCommand(host.command(action), host.nowMillis, false),
            host.mapping(),
            host::snapshot,
            host.nowMillis)
        .reply();
  }

  /** Kills and restarts the agent. */
  private List<Outcome> restart() {
    throttler = fresh();
    List<Outcome> outcomes =
        new ArrayList<>(
            throttler.recover(new LeaseFile(folders).load(), UPTIME_TICKS, host.nowMillis));
    outcomes.addAll(throttler.sweep());
    outcomes.addAll(throttler.examine(host.mapping()));
    return outcomes;
  }

  private void end() {
    throttler.endAll(LeaseEnd.RELEASED, "test", host.nowMillis);
  }

  private void assertRestored(String as) {
    assertThat(host.kernel.priority(500)).as(as).isEqualTo(UNSET);
    assertThat(host.kernel.priority(501)).as(as).isEqualTo(bestEffort(2));
    assertThat(host.kernel.groups().at(600)).as(as).isEqualTo(LimitGroups.ROOT);
    assertThat(host.kernel.groups().ours()).as(as).isEmpty();
    assertThat(host.kernel.priority(700)).as(as).isEqualTo(bestEffort(3));
    assertThat(throttler.unrestored()).as(as).isZero();
  }

  private Path json() {
    return folders.main().resolve("leases.json");
  }

  private Path copy() {
    return folders.copies().resolve("leases.copy");
  }

  /** Truncates, changes, empties or removes a file. */
  private static void damage(Path file, Random random) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    switch (random.nextInt(4)) {
      case 0 -> Files.write(file, Arrays.copyOf(bytes, random.nextInt(bytes.length)));
      case 1 -> {
        for (int n = 0; n < 3; n++) {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        Files.write(file, bytes);
      }
      case 2 -> Files.write(file, new byte[random.nextInt(2_000)]);
      default -> Files.delete(file);
    }
  }

  @Test
  void oneDamagedRecordLosesNothing() throws IOException {
    byte[] wholeJson = Files.readAllBytes(json());
    byte[] wholeCopy = Files.readAllBytes(copy());
    for (int seed = 0; seed < 200; seed++) {
      damage(seed % 2 == 0 ? json() : copy(), new Random(seed));

      restart();
      end();
      assertRestored("seed " + seed);

      Files.write(json(), wholeJson);
      Files.write(copy(), wholeCopy);
      host.kernel.ionice(500, IDLE);
      host.kernel.ionice(501, IDLE);
    }
  }

  @Test
  void damagedRecordsNeverMakeARestraintPrior() throws IOException {
    byte[] wholeJson = Files.readAllBytes(json());
    byte[] wholeCopy = Files.readAllBytes(copy());
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      Files.write(json(), Arrays.copyOf(wholeJson, random.nextInt(wholeJson.length)));
      Files.write(copy(), Arrays.copyOf(wholeCopy, random.nextInt(wholeCopy.length)));
      host.kernel.ionice(500, IDLE);
      host.kernel.ionice(501, IDLE);

      restart();
      assertThat(host.kernel.priority(700)).as("seed %d", seed).isEqualTo(bestEffort(3));
      assertThat(host.kernel.groups().ours()).as("seed %d", seed).isEmpty();
      restart(); // information about the loss survives the next restart
      MessageId lease = host.id();
      send(host.request(disk, lease, bestEffort(7), 60_000));
      end();

      assertThat(host.kernel.priority(500)).as("seed %d", seed).isEqualTo(UNSET);
      assertThat(host.kernel.priority(501)).as("seed %d", seed).isIn(UNSET, bestEffort(2));
    }
  }

  @Test
  void lossIsReportedAndLaterPrioritiesArePrior() throws IOException {
    Files.write(json(), new byte[0]);
    Files.write(copy(), new byte[0]);

    assertThat(restart())
        .extracting(Outcome::detail)
        .anyMatch(text -> text.contains("pid 500") && text.contains("no record shows who set it"));
    assertThat(host.kernel.priority(500)).isEqualTo(IDLE);

    host.kernel.ionice(500, bestEffort(5));
    send(host.request(disk, host.id(), IDLE, 60_000));
    end();
    assertThat(host.kernel.priority(500)).isEqualTo(bestEffort(5));
    assertThat(host.kernel.priority(501)).isEqualTo(UNSET);
  }

  @Test
  void unleasedPriorityIsPriorWithoutALoss() {
    restart();
    send(host.request(operators, host.id(), IDLE, 60_000));
    end();

    assertThat(host.kernel.priority(700)).isEqualTo(bestEffort(3));
  }

  @Test
  void namedTaskIsRestoredOnceProven() throws IOException {
    Files.delete(copy());
    String text = Files.readString(json());
    Files.writeString(json(), text.replace("\"prior\"", "\"prio\""));

    restart();

    assertThat(host.kernel.priority(500)).isEqualTo(UNSET);
    assertThat(host.kernel.priority(501)).isEqualTo(UNSET);
    assertThat(throttler.unrestored()).isZero();
  }

  @Test
  void foreignPriorityIsLeftAlone() throws IOException {
    Files.writeString(json(), "{");
    host.kernel.ionice(500, bestEffort(4));

    restart();
    end();

    assertThat(host.kernel.priority(500)).isEqualTo(bestEffort(4));
    assertThat(host.kernel.priority(501)).isEqualTo(bestEffort(2));
  }

  @Test
  void cgroupRemovalIsRetriedAfterStart() throws IOException {
    Files.delete(json());
    Files.delete(copy());
    host.kernel.groups().stuck(true);
    restart();
    assertThat(host.kernel.groups().ours()).hasSize(1);

    host.kernel.groups().stuck(false);
    throttler.expire(host.nowMillis);

    assertThat(host.kernel.groups().ours()).isEmpty();
  }

  @Test
  void readOnlyDirectoriesDoNotPreventRestores() throws IOException {
    Path elsewhere = directory.resolve("elsewhere");
    Files.move(folders.main(), elsewhere);
    Files.createSymbolicLink(folders.main(), Path.of("/proc/self/fd")); // not writable
    throttler = fresh();
    FoundLeases found = new LeaseFile(folders).load();

    throttler.recover(found, UPTIME_TICKS, host.nowMillis);
    end();

    assertRestored("the copy alone");
    assertThat(throttler.storeFault()).get().asString().contains("leases.json");
  }

  @Test
  void taskStartedAfterTheLossIsNotASuspect() throws IOException {
    Files.write(json(), new byte[0]);
    Files.write(copy(), new byte[0]);
    throttler = fresh();
    throttler.recover(new LeaseFile(folders).load(), 1, host.nowMillis); // all tasks are younger
    throttler.examine(host.mapping());

    send(host.request(operators, host.id(), IDLE, 60_000));
    end();

    assertThat(host.kernel.priority(700)).isEqualTo(bestEffort(3));
  }
}
