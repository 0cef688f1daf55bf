package io.blkwarden.agent.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.files.SysfsQueues;
import io.blkwarden.agent.kernel.QueueScheduler;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.state.QueueFile;
import io.blkwarden.agent.state.StateFolders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changing and restoring settings, in plain files that emulate sysfs. */
final class QueueTunerTest {
  private static final List<String> SDA = List.of("sda");
  private static final UUID BOOT = new UUID(1, 2);
  private static final DesiredQueue BOTH =
      new DesiredQueue(Optional.of("mq-deadline"), Optional.of(Duration.ofSeconds(2)));

  @TempDir Path root;
  @TempDir Path state;

  private QueueFile store;
  private QueueTuner tuner;

  @BeforeEach
  void plant() throws IOException {
    Files.createDirectories(root.resolve("sys/block/sda/queue/iosched"));
    store = new QueueFile(StateFolders.beside(state), BOOT);
    activate("none");
    tuner = new QueueTuner(new Kernel(), store::save, BOTH);
  }

  /** Emulates the kernel: the name in brackets, and settings reset. */
  private void activate(String name) {
    try {
      Files.writeString(
          root.resolve(QueueSetting.SCHEDULER.path("sda")),
          "none mq-deadline kyber bfq\n".replace(name, "[" + name + "]"));
      Path aging = root.resolve(QueueSetting.AGING.path("sda"));
      Files.deleteIfExists(aging);
      if (name.equals("mq-deadline")) {
        Files.writeString(aging, "10000\n");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The real implementation, with an emulated scheduler change. */
  private final class Kernel implements QueueSettings {
    private final SysfsQueues files =
        new SysfsQueues(RootedFiles.below(root).toOptional().orElseThrow(), root);

    @Override
    public ReadResult<QueueScheduler> scheduler(String device) {
      return files.scheduler(device);
    }

    @Override
    public ReadResult<String> aging(String device) {
      return files.aging(device);
    }

    @Override
    public Optional<String> set(String device, QueueSetting setting, String value) {
      Optional<String> fault = files.set(device, setting, value);
      if (setting == QueueSetting.SCHEDULER && fault.isEmpty()) {
        activate(value);
      }
      return fault;
    }
  }

  private String active() {
    return new Kernel().get("sda", QueueSetting.SCHEDULER).describe();
  }

  private String aging() {
    return new Kernel().aging("sda").orElse("none");
  }

  private List<ChangedSetting> stored() {
    return store.load().toOptional().orElseThrow();
  }

  private QueueTuner restarted(DesiredQueue wish) {
    QueueTuner next = new QueueTuner(new Kernel(), store::save, wish);
    next.recover(stored());
    return next;
  }

  @Test
  void schedulerIsSwitchedAndRestored() {
    assertThat(tuner.tune(SDA)).isTrue();

    assertThat(active()).isEqualTo("mq-deadline");
    assertThat(aging()).as("after the scheduler change, which resets it").isEqualTo("2000");
    assertThat(tuner.changes())
        .containsExactly(
            new ChangedSetting("sda", QueueSetting.SCHEDULER, "none", "mq-deadline"),
            new ChangedSetting("sda", QueueSetting.AGING, "10000", "2000"));
    assertThat(stored()).isEqualTo(tuner.changes());
    assertThat(tuner.tune(SDA)).as("nothing to do").isFalse();

    tuner.restoreAll();

    assertThat(active()).isEqualTo("none");
    assertThat(tuner.changes()).isEmpty();
    assertThat(state).isEmptyDirectory();
    assertThat(tuner.tune(SDA)).as("after restoreAll").isFalse();
  }

  @Test
  void settingsOfACrashedRunAreRestored() {
    tuner.tune(SDA);

    QueueTuner next = restarted(BOTH);
    assertThat(next.tune(SDA)).isFalse();
    assertThat(next.changes()).hasSize(2);
    next.restoreAll();

    assertThat(active()).isEqualTo("none");
    assertThat(stored()).isEmpty();
  }

  @Test
  void undesiredSettingsAreRestoredAtOnce() {
    tuner.tune(SDA);

    QueueTuner next = restarted(DesiredQueue.NONE);

    assertThat(next.changes()).isEmpty();
    assertThat(active()).isEqualTo("none");
    assertThat(stored()).isEmpty();
  }

  @Test
  void settingsOfAnotherBootAreVoid() {
    tuner.tune(SDA);

    assertThat(new QueueFile(StateFolders.beside(state), new UUID(3, 4)).load())
        .isEqualTo(ReadResult.present(List.of()));
  }

  @Test
  void settingsOfOthersAreLeftAlone() {
    tuner.tune(SDA);
    activate("kyber");

    tuner.tune(SDA);
    tuner.tune(SDA);

    assertThat(active()).isEqualTo("kyber");
    assertThat(tuner.note())
        .hasValueSatisfying(note -> assertThat(note).contains("by someone else"));
    tuner.restoreAll();
    assertThat(active()).isEqualTo("kyber");
    assertThat(stored()).isEmpty();
  }

  @Test
  void agingOfOthersIsLeftAlone() throws IOException {
    tuner.tune(SDA);
    Files.writeString(root.resolve(QueueSetting.AGING.path("sda")), "7000\n");

    tuner.tune(SDA);

    assertThat(aging()).isEqualTo("7000");
    assertThat(tuner.changes()).hasSize(1);
  }

  @Test
  void agingIsSetAgainAfterASchedulerChange() {
    activate("mq-deadline");
    tuner.tune(SDA);
    activate("bfq");
    tuner.tune(SDA);
    activate("mq-deadline");

    assertThat(tuner.tune(SDA)).isTrue();

    assertThat(aging()).isEqualTo("2000");
    tuner.restoreAll();
    assertThat(aging()).isEqualTo("10000");
    assertThat(active()).isEqualTo("mq-deadline");
  }

  @Test
  void unavailableSchedulerIsNotSet() {
    tuner =
        new QueueTuner(
            new Kernel(), store::save, new DesiredQueue(Optional.of("cfq"), Optional.empty()));

    assertThat(tuner.tune(SDA)).isFalse();

    assertThat(active()).isEqualTo("none");
    assertThat(tuner.note()).hasValueSatisfying(note -> assertThat(note).contains("expected cfq"));
  }

  @Test
  void nothingIsSetWithoutARecord() {
    tuner = new QueueTuner(new Kernel(), _ -> Optional.of("disk full"), BOTH);

    assertThat(tuner.tune(SDA)).isFalse();

    assertThat(active()).isEqualTo("none");
    assertThat(tuner.changes()).isEmpty();
  }

  @Test
  void schedulerThatHonoursPrioritiesIsKept() {
    activate("bfq");

    assertThat(tuner.tune(SDA)).isFalse();

    assertThat(active()).isEqualTo("bfq");
  }

  @Test
  void truncatedFileIsMalformed() throws IOException {
    Files.writeString(state.resolve("queue-settings.json"), "{\"format\":");

    assertThat(store.load()).isInstanceOf(ReadResult.Malformed.class);
    assertThat(store.setAside()).contains("renamed to");
    assertThat(store.load()).isEqualTo(ReadResult.present(List.of()));
  }
}
