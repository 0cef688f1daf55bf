package io.blkwarden.systemtests.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * blkwarden as {@code docs/INSTALL.md} installs it, typed by {@code deploy/xen-lab/run}: the agent
 * in the lab's dom0 under its systemd, NATS and the controller on a Debian outside.
 */
final class Installed extends Dom0Shell {
  static final String HOST = "dom0-1";
  static final String SWAP = HOST + "/vm101/xvda2";
  static final Duration A_MINUTE = Duration.ofSeconds(60);

  private final List<String> middle;

  Installed() {
    super(Lab.running());
    middle =
        List.of(
            Objects.requireNonNull(
                    System.getenv("BLKWARDEN_LAB_MIDDLE"),
                    "BLKWARDEN_LAB_MIDDLE: run by BLKWARDEN_LAB_INIT=systemd deploy/xen-lab/run")
                .split(" "));
  }

  /** Output of an operator's command line on the controller host. */
  String operator(String line) {
    List<String> words = new ArrayList<>(middle);
    words.addAll(
        List.of("bash", "-c", "export NATS_CREDS=/etc/nats/seeds/operator.nk; cd /root; " + line));
    return Lab.run(words);
  }

  /** The objects that a line of an operator's printed, each on a line. */
  List<JsonNode> objects(String line) {
    JsonMapper mapper = JsonMapper.builder().build();
    return operator(line).lines().map(mapper::readTree).toList();
  }

  /** The threads of vm101's swap disk, found without the agent. */
  Set<Integer> swapThreads() {
    return ShellDisk.all(lab).stream()
        .filter(disk -> disk.get("name").equals("vm101") && disk.get("vdev").equals("xvda2"))
        .flatMap(disk -> disk.priorities().keySet().stream())
        .collect(Collectors.toSet());
  }

  /** Throttles vm101's swap disk by hand, and sees it on its threads and on no other. */
  void throttle(Set<Integer> threads) {
    throttle("--priority idle", "idle");
    awaitPriorities(threads, "idle", A_MINUTE);
  }

  /** Throttles vm101's swap disk as soon as its host is heard: an agent may just have started. */
  void throttle(String option, String said) {
    Lab.clock()
        .await(
            "throttled by " + option,
            PATIENCE,
            () ->
                assertThat(operator("blkwarden throttle " + SWAP + " " + option + " --reason x"))
                    .contains("xvda2 of vm101 on dom0-1 is set to " + said));
  }

  /** Sees that no thread has a priority. */
  void awaitNoPriorities() {
    awaitPriorities(Set.of(), "idle", A_MINUTE);
  }

  /** A value that systemd in dom0 tells of the agent's unit. */
  String unit(String property) {
    return lab.sh("systemctl show -p " + property + " --value blkwarden-agent").trim();
  }

  /** How many lines of the agent's journal hold a text. */
  int journal(String text) {
    return Integer.parseInt(
        lab.sh("journalctl --no-pager -o cat -u blkwarden-agent | grep -cF '" + text + "' || true")
            .trim());
  }
}
