package io.blkwarden.systemtests.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The lab's dom0, accessed by shell. */
class Dom0Shell {
  /** On the lab clock. The machine is emulated: a JVM takes ten seconds to start. */
  static final Duration PATIENCE = Duration.ofMinutes(4);

  final Lab lab;

  Dom0Shell(Lab lab) {
    this.lab = lab;
  }

  /** Wall clock of dom0, which is the clock of its mapping events. */
  Instant now() {
    return after("true");
  }

  /** Wall clock of dom0 right after a command, without the delay of another ssh command. */
  Instant after(String command) {
    String micros = lab.sh("{ " + command + "; } >&2 && echo ${EPOCHREALTIME/./}").trim();
    return Instant.EPOCH.plus(Long.parseLong(micros), ChronoUnit.MICROS);
  }

  /** Sets the guests' CPU weight; dom0's weight is 8192. */
  void setGuestWeight(int weight) {
    lab.sh("for vm in vm101 vm102; do xl sched-credit2 -d $vm -w %d; done".formatted(weight));
  }

  /** The ioprio of every blkback thread by pid, as ionice prints it. */
  Map<Integer, String> priorities() {
    Map<Integer, String> all = new TreeMap<>();
    lab.sh(
            "for p in $(ps -e -o pid=,comm= | awk '$2 ~ /^([0-9]+\\.xvd|blkback\\.)/ {print $1}');"
                + " do echo $p $(ionice -p $p); done")
        .lines()
        .map(line -> line.split(" ", 2))
        .forEach(pair -> all.put(Integer.valueOf(pair[0]), pair[1]));
    return all;
  }

  /** Waits until exactly these threads have this priority and all others have none. */
  void awaitPriorities(Set<Integer> pids, String priority, Duration limit) {
    Lab.clock()
        .await(
            "ionice shows %s for %s alone".formatted(priority, pids),
            limit,
            () -> assertPriorities(pids, priority));
  }

  /** Checks once that exactly these threads have this priority and all others have none. */
  void assertPriorities(Set<Integer> pids, String priority) {
    assertThat(priorities())
        .isNotEmpty()
        .allSatisfy((pid, found) ->
            assertThat(found).isEqualTo(pids.contains(pid) ? priority : "none: prio 0"));
  }
}
