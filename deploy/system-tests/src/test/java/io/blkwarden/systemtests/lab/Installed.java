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
 * blkwarden as installed by {@code deploy/xen-lab/run} with the commands of {@code
 * docs/INSTALL.md}: the agent in the lab's dom0, NATS and the controller on a Debian outside.
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

  /** The output of a command on the controller host. */
  String operator(String line) {
    List<String> words = new ArrayList<>(middle);
    words.addAll(
        List.of("bash", "-c", "export NATS_CREDS=/etc/nats/seeds/operator.nk; cd /root; " + line));
    return Lab.run(words);
  }

  /** The JSON objects printed by a command on the controller host, one per line. */
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

  /** Throttles vm101's swap disk manually, and checks that only its threads are changed. */
  void throttle(Set<Integer> threads) {
    throttle("--priority idle", "idle");
    awaitPriorities(threads, "idle", A_MINUTE);
  }

  /** Throttles vm101's swap disk when its host reports: the agent may have just started. */
  void throttle(String option, String said) {
    Lab.clock()
        .await(
            "throttled by " + option,
            PATIENCE,
            () ->
                assertThat(operator("blkwarden throttle " + SWAP + " " + option + " --reason x"))
                    .contains("xvda2 of vm101 on dom0-1 is set to " + said));
  }

  /** Checks that no thread has a priority. */
  void awaitNoPriorities() {
    awaitPriorities(Set.of(), "idle", A_MINUTE);
  }

  /** A property of the agent's unit in dom0. */
  String unit(String property) {
    return lab.sh("systemctl show -p " + property + " --value blkwarden-agent").trim();
  }

  /** The number of lines in the agent's journal that contain a text. */
  int journal(String text) {
    return Integer.parseInt(
        lab.sh("journalctl --no-pager -o cat -u blkwarden-agent | grep -cF '" + text + "' || true")
            .trim());
  }
}
