package io.blkwarden.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.blkwarden.agent.CapturedTree;
import io.blkwarden.agent.backend.blkback.BlkbackThreads;
import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.model.WorkerId;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TaskStat, bytes read and BlkbackThreads. */
final class TaskFilesTest {
  private static final String AFTER_FLAGS = " 0 0 0 0 2 823 0 0 20 0 1 0 4159 0 0";

  private final KernelFiles captured = CapturedTree.files();

  @Test
  void readsACapturedThread() {
    TaskStat expected = new TaskStat(new WorkerId(564, 4159), "1.xvda2-0", 2, 0x200040);
    assertThat(TaskStat.read(captured, 564)).isEqualTo(ReadResult.present(expected));
    assertThat(expected.isKernelThread()).isTrue();
    assertThat(ProcFiles.readBytes(captured, 564)).isEqualTo(ReadResult.present(901853184L));
  }

  @Test
  void endedTaskIsAbsent() {
    assertThat(TaskStat.read(captured, 565)).isEqualTo(ReadResult.absent("proc/565/stat"));
    assertThat(ProcFiles.readBytes(captured, 565)).isEqualTo(ReadResult.absent("proc/565/io"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a) S 2 0 0 0 -1 2097216", "(((", ")", " ", "", "two\nlines", "x) R 1 ("})
  void nameMayContainAnyText(String name) {
    ReadResult<TaskStat> read =
        TaskStat.parse("77 (" + name + ") S 1 77 77 34816 -1 4194304" + AFTER_FLAGS);
    assertThat(read)
        .isEqualTo(ReadResult.present(new TaskStat(new WorkerId(77, 4159), name, 1, 4194304)));
  }

  @Test
  void userProcessIsNotAKernelThread() {
    // Parent and flags are both required.
    assertThat(stat("S 2 0 0 0 -1 4194304").isKernelThread()).isFalse();
    assertThat(stat("S 1 0 0 0 -1 2097216").isKernelThread()).isFalse();
    assertThat(stat("S 2 0 0 0 -1 2097216").isKernelThread()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "77",
        "77 (x",
        "0 (x) S 2 0 0 0 -1 1" + AFTER_FLAGS,
        "77 (x) S two 0 0 0 -1 1" + AFTER_FLAGS,
        "77 (x) S 2 0 0 0 -1 -1" + AFTER_FLAGS,
        "77 (x) S 2 0 0 0 -1 1 0 0"
      })
  void invalidTextIsMalformed(String text) {
    assertThat(TaskStat.parse(text)).isInstanceOf(ReadResult.Malformed.class);
  }

  @Test
  void errorNamesTheFile() {
    MapFiles files = new MapFiles().with("proc/9/stat", "9 (x) S 2 0 0 0 -1 flags");
    assertThat(TaskStat.read(files, 9).describe())
        .isEqualTo("proc/9/stat: column 9: expected flags, found 'flags'");
  }

  @Test
  void ioRequiresTheBytesRead() {
    assertThat(
            ProcFiles.parseReadBytes("read_bytes: 1\nwrite_bytes: 2\ncancelled_write_bytes: 3\n"))
        .isEqualTo(ReadResult.present(1L));
    assertThat(ProcFiles.parseReadBytes("write_bytes: 2\ncancelled_write_bytes: 3\n"))
        .isInstanceOf(ReadResult.Malformed.class);
    assertThat(ProcFiles.parseReadBytes("read_bytes: -1\nwrite_bytes: 2\n"))
        .isInstanceOf(ReadResult.Malformed.class);
  }

  @Test
  void findsTheCapturedThreads() {
    BlkbackThreads threads = BlkbackThreads.read(captured).toOptional().orElseThrow();
    assertThat(threads.blkback())
        .extracting(
            thread -> thread.id().pid() + " " + thread.id().startTicks(), t -> t.name().comm())
        .containsExactly(
            tuple("563 4150", "1.xvda1-0"),
            tuple("564 4159", "1.xvda2-0"),
            tuple("640 5012", "2.xvda1-0"),
            tuple("644 5029", "2.xvda2-0"));
    assertThat(threads.firstFault()).isEmpty();
  }

  @Test
  void otherThreadsAndUserProcessesAreSkipped() {
    MapFiles files = new MapFiles();
    files.with("proc/self", "").with("proc/12345678/stat", "").with("proc/uptime", "1.00 1.00");
    files.with("proc/10/stat", "10 (kworker/0:1) I 2 0 0 0 -1 2097216" + AFTER_FLAGS);
    files.with("proc/11/stat", "11 (7.xvda1-0) S 1 0 0 0 -1 4194304" + AFTER_FLAGS);
    files.with("proc/12/stat", "12 (blkback.7.xvda1) S 2 0 0 0 -1 2097216" + AFTER_FLAGS);
    files.with("proc/13/stat", "nonsense");
    BlkbackThreads threads = BlkbackThreads.read(files).toOptional().orElseThrow();
    assertThat(threads.blkback()).extracting(thread -> thread.id().pid()).containsExactly(12);
    assertThat(threads.firstFault().orElse("")).startsWith("proc/13/stat: ");
  }

  @Test
  void readsTheTestsOwnTask() {
    KernelFiles live = RootedFiles.below(Path.of("/")).toOptional().orElseThrow();
    int pid = Math.toIntExact(ProcessHandle.current().pid());
    TaskStat self = TaskStat.read(live, pid).toOptional().orElseThrow();
    assertThat(self.id().pid()).isEqualTo(pid);
    assertThat(self.isKernelThread()).isFalse();
    long upTicks = ProcFiles.uptimeTicks(live).orElse(0L);
    assertThat(self.id().startTicks()).isBetween(1L, upTicks);
    assertThat(BlkbackThreads.read(live).isPresent()).isTrue();
  }

  private static TaskStat stat(String fromState) {
    return TaskStat.parse("77 (x) " + fromState + AFTER_FLAGS).toOptional().orElseThrow();
  }
}
