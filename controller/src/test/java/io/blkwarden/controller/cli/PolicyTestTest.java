package io.blkwarden.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.commandline.ExitCodes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PolicyTestTest {
  private static final Path EXAMPLE = Path.of("../docs/examples/swap-storm-test.yaml");

  @TempDir Path folder;

  private CommandResult test(String text) throws Exception {
    Files.copy(
        Path.of("../docs/examples/policies/swap-storm.yaml"), folder.resolve("swap-storm.yaml"));
    Path file = Files.writeString(folder.resolve("test.yaml"), text);
    return CommandResult.run("", "policy", "test", file.toString());
  }

  @Test
  void documentedExamplePasses() throws Exception {
    CommandResult result = CommandResult.run("", "policy", "test", EXAMPLE.toString());

    assertThat(result.out())
        .contains("ok      ", "a storm is throttled", "4 tests passed, 0 failed");
    assertThat(result.code()).as(result.out() + result.err()).isZero();

    String documented = Files.readString(Path.of("../docs/POLICIES.md"));
    Files.readString(EXAMPLE)
        .lines()
        .skip(1)
        .takeWhile(line -> !line.contains("at: 5m"))
        .forEach(line -> assertThat(documented).contains(line));
  }

  @Test
  void failureShowsDifferences() throws Exception {
    CommandResult result =
        test(
            """
            policies: swap-storm.yaml
            tests:
              - name: wrong
                disks: [ { domain: vm176, disk: xvda2, role: swap, read_iops: 800 } ]
                expect:
                  - at: 30s
                    alerts: [ { policy: other } ]
                    throttles: []
            """);

    assertThat(result.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(result.out())
        .contains("FAILED  ", "test.yaml: wrong")
        .contains("line 6, at 30000 ms, alerts (- expected, + found):\n")
        .contains("- {policy=other}\n")
        .contains("+ {policy=swap-storm, state=handled, host=host, domain=vm176, disk=xvda2}\n")
        .contains("+ {set=best-effort/7, host=host, domain=vm176, disk=xvda2}\n")
        .contains("0 tests passed, 1 failed")
        .contains("last decisions about {host=host, domain=vm176, disk=xvda2}\n")
        .containsPattern("\\d+ s: act swap-storm: ");
  }

  @Test
  void failureExplainsWithTheLastFiveDecisionsOfTheDisk() throws Exception {
    CommandResult result =
        test(
            """
            policies: swap-storm.yaml
            tests:
              - name: protected
                disks:
                  - { domain: vm-billing3, disk: xvda2, role: swap, read_iops: 800 }
                  - { domain: vm5, disk: xvda2, role: swap, read_iops: 800 }
                expect:
                  - { at: 5m, throttles: [ { set: best-effort/7, domain: vm-billing3 },
                                           { set: best-effort/7, domain: vm5 } ] }
              - name: quiet
                disks: [ { domain: vm5, disk: xvda2, role: swap, read_iops: 1 } ]
                expect: [ { at: 30s, alerts: [ { policy: swap-storm } ] } ]
            """);

    assertThat(result.out())
        .contains("last decisions about {host=host, domain=vm-billing3, disk=xvda2}\n")
        .contains("s: refuse swap-storm: ")
        .contains("no decisions about these disks so far\n");
    assertThat(result.out().lines().filter(line -> line.matches(" +\\d+ s: .*")))
        .hasSizeLessThanOrEqualTo(10);
  }

  @Test
  void alertsOfDevicesAreTested() throws Exception {
    Files.copy(
        Path.of("../docs/examples/policies/device-latency.yaml"),
        folder.resolve("device-latency.yaml"));
    CommandResult result =
        test(
            """
            policies: device-latency.yaml
            tests:
              - name: one alert for three disks
                hosts: { dom0-7: { io_full: 0.1 } }
                disks:
                  - { host: dom0-7, domain: vm1, read_iops: 50, await_ms: 2x10 63x180 2 }
                  - { host: dom0-7, domain: vm2, read_iops: 50, await_ms: 2x10 63x180 2 }
                  - { host: dom0-7, domain: vm3, read_iops: 50, await_ms: 2x10 63x180 2 }
                expect:
                  - { at: 125s, alerts: [] }
                  - at: 135s
                    alerts: [ { policy: device-latency, state: firing, device: sda, host: dom0-7 } ]
                    throttles: []
                  - { at: 5m, alerts: [] }
            """);

    assertThat(result.code()).as(result.out() + result.err()).isZero();
  }

  @Test
  void problemsNameFileLineAndKey() throws Exception {
    CommandResult result =
        test(
            """
            policies: swap-storm.yaml
            tests:
              - name: wrong
                disks: [ { disk: xvda2, read_iops: many } ]
                expect: [ { at: 30, alert: [] } ]
            """);

    assertThat(result.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(result.err())
        .contains("test.yaml:4", "domain", "read_iops", "0x10 300x20 5", "'many'")
        .contains("test.yaml:5", "alert", "a duration such as");
  }

  /** No outlier among the disks of both hosts, but one among rotational disks. */
  @Test
  void testSetsDeviceClassOfHost() throws Exception {
    StringBuilder disks = new StringBuilder();
    for (int n = 0; n < 6; n++) {
      disks.append("      - { host: fast, domain: vm1%d, read_iops: 500 }%n".formatted(n));
      disks.append("      - { host: slow, domain: vm2%d, read_iops: 50 }%n".formatted(n));
    }
    Files.writeString(
        folder.resolve("outlier.yaml"),
        """
        policies:
          - name: outlier
            when: { metric: iops, above_fleet: { mean_plus_sigmas: 2, floor: 10, min_disks: 6 },
                    windows: 1 of 1, window: 1m }
          - name: flash
            match: { device: ssd }
            when: { metric: iops, above: 400, for: 5s }
        """);
    CommandResult result =
        test(
            """
            policies: outlier.yaml
            tests:
              - name: by class
                hosts: { fast: { device: ssd }, slow: { device: hdd } }
                disks:
                  - { host: slow, domain: vm9, read_iops: 50x70 300 }
            %s    expect:
                  - at: 50s
                    alerts: [ %s ]
                  - at: 4m
                    alerts: [ { policy: outlier, domain: vm9 }, %s ]
            """
                .formatted(disks, flash(), flash()));

    assertThat(result.code()).as(result.out() + result.err()).isZero();
  }

  private static String flash() {
    return IntStream.range(0, 6)
        .mapToObj("{ policy: flash, host: fast, domain: vm1%d }"::formatted)
        .collect(Collectors.joining(", "));
  }

  @Test
  void unknownDeviceClassIsReported() throws Exception {
    CommandResult result =
        test(
            """
            policies: swap-storm.yaml
            tests:
              - name: wrong
                hosts: { fast: { device: sdd } }
                disks: [ { host: fast, domain: vm1 } ]
                expect: [ { at: 30s, alerts: [] } ]
            """);

    assertThat(result.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(result.err()).contains("test.yaml:4", "hosts.fast.device", "hdd, ssd", "'sdd'");
  }

  @Test
  void testsStandingPolicies() throws Exception {
    Files.writeString(
        folder.resolve("standing.yaml"),
        """
        policies:
          - name: swap-is-last
            mode: auto
            match: { role: swap }
            standing: { priority: idle, lease: 1h }
        """);
    CommandResult typed =
        test(
            """
            policies: standing.yaml
            tests:
              - name: set at once
                disks:
                  - { domain: vm176, disk: xvda2, role: swap, read_iops: 0 }
                  - { domain: vm5, role: root, read_iops: 900 }
                expect:
                  - at: 5s
                    alerts: []
                    throttles: [ { set: idle, domain: vm176, disk: xvda2 } ]
                    decisions: [ { verdict: act, policy: swap-is-last } ]
            """);

    assertThat(typed.code()).as(typed.out() + typed.err()).isZero();
  }
}
