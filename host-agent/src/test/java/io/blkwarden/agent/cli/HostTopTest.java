package io.blkwarden.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.Lease;
import io.blkwarden.agent.lease.LeaseStore.StoredLeases;
import io.blkwarden.agent.lease.LeasedWorker;
import io.blkwarden.agent.lease.PendingRestores;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.agent.state.LeaseFile;
import io.blkwarden.commandline.top.DiskLine;
import io.blkwarden.commandline.top.TopRound;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.WorkerId;
import io.blkwarden.model.WorkerKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A captured dom0 with increasing counters. */
final class HostTopTest {
  private static final Path CAPTURE =
      Path.of(System.getProperty("basedir", ""), "src/test/resources/capture-4.17");
  private static final String DISKSTATS = "proc/diskstats";
  private static final UUID BOOT = new UUID(1, 2);
  private static final UUID VM101 = UUID.fromString("7fab17c9-9db3-4636-afef-6bb88702a38f");

  @TempDir Path folder;

  private final AtomicLong millis = new AtomicLong(50_000);
  private Path root;

  @BeforeEach
  void copy() throws IOException {
    root = folder.resolve("root");
    try (Stream<Path> all = Files.walk(CAPTURE)) {
      for (Path each : (Iterable<Path>) all::iterator) {
        Path to = root.resolve(CAPTURE.relativize(each).toString());
        Files.copy(each, to, LinkOption.NOFOLLOW_LINKS);
      }
    }
    Path random = Files.createDirectories(root.resolve("proc/sys/kernel/random"));
    Files.writeString(random.resolve("boot_id"), BOOT + "\n");
  }

  private HostTop top() {
    if (!(RootedFiles.below(root) instanceof ReadResult.Present<RootedFiles>(RootedFiles files))
        || !(HostSources.captured(files)
            instanceof ReadResult.Present<HostSources>(HostSources found))) {
      throw new AssertionError("no tree at " + root);
    }
    return new HostTop(
        new HostId("dom0-7"),
        found,
        RolePatterns.DEFAULTS,
        leases(),
        InstantSource.fixed(Instant.EPOCH),
        millis::get);
  }

  private LeaseFile leases() {
    return new LeaseFile(folder.resolve("state"));
  }

  private void count(String before, String after) throws IOException {
    Path file = root.resolve(DISKSTATS);
    String text = Files.readString(file);
    assertThat(text).contains(before);
    Files.writeString(file, text.replace(before, after));
  }

  private static DiskLine line(TopRound round, String domain, String disk) {
    return round.disks().stream()
        .filter(each -> each.domain().equals(domain) && each.disk().equals(disk))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void loadIsKnownFromTheSecondScan() throws IOException {
    HostTop top = top();
    DiskLine first = line(top.get(), "vm101", "xvda2");
    assertThat(first.load().rate().reads()).isNaN();
    assertThat(first.load().latencyScoreMillis()).isNaN();
    assertThat(first.threads()).containsExactly("1.xvda2-0[564]");
    assertThat(first.devices()).containsExactly("vdb");
    assertThat(first.role()).isEqualTo("swap");

    // 500 reads of 8 ms by vm101, 100 writes of 40 ms by vm102, and the device's own counters
    count(
        "dm-1 14292 0 1824960 9092 14336 0 1835008 9512 0 18596",
        "dm-1 14792 0 1828960 13092 14336 0 1835008 9512 3 19346");
    count(
        "dm-3 13956 0 1781952 9320 14080 0 1802240 9172 0",
        "dm-3 13956 0 1781952 9320 14180 0 1803040 13172 0");
    count(
        "vdb 28750 0 3625400 18521 28437 0 3638907 18857 0 30792",
        "vdb 29250 0 3629400 22521 28537 0 3639707 22857 3 31692");
    millis.addAndGet(1_000);
    TopRound round = top.get();

    DiskLine.Load swap = line(round, "vm101", "xvda2").load();
    assertThat(swap.rate().reads()).isEqualTo(500);
    assertThat(swap.rate().readBytes()).isEqualTo(4_000 * 512);
    assertThat(line(round, "vm101", "xvda2").total().reads()).isEqualTo(500);
    assertThat(swap.awaitMillis()).isEqualTo(8);
    assertThat(swap.util()).isEqualTo(0.75);
    assertThat(swap.inFlight()).isEqualTo(3);
    assertThat(swap.share()).isEqualTo(0.5);
    assertThat(swap.latencyScoreMillis()).isCloseTo(0.5 * 0.9 * 8_000 / 600, within(1e-9));
    assertThat(line(round, "vm102", "xvda2").load().awaitMillis()).isEqualTo(40);
    assertThat(line(round, "vm102", "xvda1").load().share()).isZero();
    assertThat(top.complete()).isTrue();
  }

  @Test
  void decreasingCounterIsUnknown() throws IOException {
    HostTop top = top();
    top.get();
    count("dm-1 14292", "dm-1 14291");
    millis.addAndGet(1_000);
    TopRound round = top.get();
    assertThat(line(round, "vm101", "xvda2").load().rate().reads()).isNaN();
    assertThat(line(round, "vm101", "xvda2").load().share()).isNaN();
    assertThat(line(round, "vm102", "xvda2").load().rate().reads()).isZero();
    millis.addAndGet(1_000);
    assertThat(line(top.get(), "vm101", "xvda2").load().rate().reads()).as("known again").isZero();
  }

  @Test
  void showsThrottlesAndLeavesTheFileAlone() throws IOException {
    save(BOOT);
    TopRound round = top().get();
    assertThat(line(round, "vm101", "xvda2").throttle()).isEqualTo("idle 4m 10s");
    assertThat(line(round, "vm102", "xvda2").throttle()).isNull();
    assertThat(round.summary()).isEqualTo("dom0-7: 4 disks, 1 throttled");

    save(new UUID(8, 8));
    assertThat(line(top().get(), "vm101", "xvda2").throttle()).as("lease of another boot").isNull();

    Path file = folder.resolve("state/leases.json");
    Files.writeString(file, "{");
    assertThat(top().get().remarks())
        .singleElement()
        .asString()
        .startsWith("throttles may be incomplete: ");
    assertThat(file).hasContent("{");
  }

  private void save(UUID boot) {
    Lease lease =
        new Lease(
            MessageId.of(1, new Random(1)),
            new DomainRef(VM101, 1, "vm101"),
            "xvda2",
            IoPriority.IDLE,
            null,
            millis.get() + 250_000,
            "swap storm",
            null,
            List.of(
                new LeasedWorker(
                    new WorkerId(564, 4159),
                    "1.xvda2-0",
                    IoPriority.UNSET,
                    null,
                    List.of(IoPriority.IDLE),
                    WorkerKind.BLKBACK)),
            null);
    assertThat(leases().save(new StoredLeases(boot, 1, List.of(lease), PendingRestores.NONE)))
        .isEmpty();
  }

  @Test
  void reportsAHostWithoutGuests() throws IOException {
    Files.writeString(root.resolve("xenstore.txt"), "");
    TopRound round = top().get();
    assertThat(round.disks()).isEmpty();
    assertThat(round.remarks()).containsExactly("no guest disks on this host");
  }
}
