package io.blkwarden.agent.restraint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.IoPriorities;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.IoPriority.IoClass;
import io.blkwarden.model.WorkerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LinuxIoPrioritiesTest {
  private final IoPriorities priorities = LinuxIoPriorities.open().toOptional().orElseThrow();

  @ParameterizedTest
  @CsvSource({
    "idle, idle",
    "best-effort/0, best-effort: prio 0",
    "best-effort/7, best-effort: prio 7",
  })
  void setsAPriorityThatIoniceReads(String priority, String seen) throws Exception {
    Process child = sleeper();
    try {
      int pid = Math.toIntExact(child.pid());
      IoPriority wanted = IoPriority.parse(priority);
      assertThat(priorities.set(pid, wanted)).isEmpty();
      assertThat(priorities.get(pid)).isEqualTo(ReadResult.present(wanted));
      assertThat(ionice(pid)).isEqualTo(seen);
    } finally {
      end(child);
    }
  }

  @Test
  void restoresAPriorityThatIoniceSet() throws Exception {
    Process child = sleeper();
    try {
      int pid = Math.toIntExact(child.pid());
      run("ionice", "-c2", "-n3", "-p" + pid);
      IoPriority recorded = priorities.get(pid).toOptional().orElseThrow();
      assertThat(recorded).isEqualTo(IoPriority.bestEffort(3));
      assertThat(priorities.set(pid, IoPriority.IDLE)).isEmpty();
      assertThat(priorities.restore(pid, recorded)).isEmpty();
      assertThat(ionice(pid)).isEqualTo("best-effort: prio 3");
      assertThat(priorities.set(pid, IoPriority.UNSET)).isEmpty();
      assertThat(priorities.get(pid).toOptional()).isPresent();
      assertThat(ionice(pid)).isIn("none: prio 0", "none: prio 4", "best-effort: prio 4");
    } finally {
      end(child);
    }
  }

  @Test
  void setsASingleThread() throws Exception {
    int main = threadId();
    ReadResult<IoPriority> before = priorities.get(main);
    AtomicReference<ReadResult<IoPriority>> after =
        new AtomicReference<>(ReadResult.absent("not run"));
    Thread other =
        new Thread(() -> {
          int own = threadId();
          Optional<String> refused = priorities.set(own, IoPriority.bestEffort(6));
          after.set(
              refused
                  .<ReadResult<IoPriority>>map(ReadResult::failed)
                  .orElseGet(() -> priorities.get(own)));
        });
    other.start();
    other.join();
    assertThat(after.get()).isEqualTo(ReadResult.present(IoPriority.bestEffort(6)));
    assertThat(priorities.get(main)).isEqualTo(before);
  }

  @Test
  void realtimeIsOnlyRestored() throws Exception {
    IoPriority realtime = new IoPriority(IoClass.REALTIME, 4);
    Process child = sleeper();
    try {
      int pid = Math.toIntExact(child.pid());
      assertThat(priorities.set(pid, realtime).orElse("")).contains("only ever restored");
      assertThat(priorities.get(pid)).isNotEqualTo(ReadResult.present(realtime));
      // depends on the privileges of the test
      Optional<String> refused = priorities.restore(pid, realtime);
      if (refused.isEmpty()) {
        assertThat(ionice(pid)).isEqualTo("realtime: prio 4");
      } else {
        assertThat(refused.get()).contains("CAP_SYS_NICE");
        assertThat(ionice(pid)).doesNotContain("realtime");
      }
    } finally {
      end(child);
    }
  }

  @Test
  void endedTaskIsAbsent() throws Exception {
    Process child = sleeper();
    int pid = Math.toIntExact(child.pid());
    end(child);
    assertThat(priorities.get(pid)).isEqualTo(ReadResult.absent("task " + pid));
    assertThat(priorities.set(pid, IoPriority.IDLE))
        .contains("task %d: ioprio_set idle: no such task".formatted(pid));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE, WorkerId.MAX_PID + 1})
  void refusesInvalidThreadIds(int pid) {
    ReadResult<IoPriority> before = priorities.get(threadId());
    assertThat(priorities.get(pid)).isInstanceOf(ReadResult.Failed.class);
    assertThat(priorities.set(pid, IoPriority.IDLE)).isPresent();
    assertThat(priorities.restore(pid, IoPriority.IDLE)).isPresent();
    assertThat(priorities.get(threadId())).isEqualTo(before);
  }

  @Test
  void knowsItsArchitectures() {
    assertThat(LinuxIoPriorities.Syscalls.of("Linux", "amd64"))
        .isEqualTo(ReadResult.present(new LinuxIoPriorities.Syscalls(251, 252)));
    assertThat(LinuxIoPriorities.Syscalls.of("Linux", "aarch64"))
        .isEqualTo(ReadResult.present(new LinuxIoPriorities.Syscalls(30, 31)));
    assertThat(LinuxIoPriorities.Syscalls.of("Linux", "riscv64").describe())
        .isEqualTo(
            "I/O priorities: system call numbers are known for x86_64 and aarch64, found riscv64");
    assertThat(LinuxIoPriorities.Syscalls.of("Mac OS X", "aarch64"))
        .isInstanceOf(ReadResult.Failed.class);
  }

  /** A child that runs until its input is closed. */
  private static Process sleeper() throws IOException {
    return new ProcessBuilder("cat").start();
  }

  private static void end(Process child) throws Exception {
    child.destroyForcibly();
    child.waitFor();
  }

  private static String ionice(int pid) throws Exception {
    return run("ionice", "-p", Integer.toString(pid));
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  /** The id of the calling thread, from {@code /proc/thread-self -> PID/task/TID}. */
  private static int threadId() {
    try {
      Path link = Files.readSymbolicLink(Path.of("/proc/thread-self"));
      return Integer.parseInt(String.valueOf(link.getFileName()));
    } catch (IOException e) {
      throw new IllegalStateException("no /proc/thread-self", e);
    }
  }
}
