package io.blkwarden.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The shipped policies detect loads that evaded earlier shipped policies.
 *
 * <p>The series do not react to throttles, so the tests check the time right after they are set:
 * later the controller finds that they have no effect.
 */
final class ShippedPolicyTest {
  /** A policy shipped before, which these loads evade. */
  private static final String BEFORE =
      """
      policies:
        - name: swap-storm
          mode: auto
          match: { role: swap }
          when: { metric: iops, above: 200, for: 10s, clear_below: 100, clear_for: 60s }
          only_if:
            any: [ { metric: device.util, above: 0.8 }, { metric: host.io_full, above: 0.2 } ]
          then: { ladder: [ best-effort/7, idle ], lease: 5m, alert: warning }
      """;

  private static final String NEIGHBOUR = "      - { domain: vm5, read_iops: 50, await_ms: 40 }\n";

  @TempDir Path folder;

  private static final Path PACKAGED =
      Path.of("../deploy/packages/controller/files/etc/blkwarden/policies/swap-storm.yaml");

  /** The files of shipped policies. */
  enum Shipped {
    PACKAGE,
    README,
    EXAMPLE;

    String text() throws IOException {
      return switch (this) {
        case PACKAGE -> Files.readString(PACKAGED).replace("mode: shadow", "mode: auto");
        case README -> {
          Matcher found =
              Pattern.compile("```yaml\n(policies:.*?)```", Pattern.DOTALL)
                  .matcher(Files.readString(Path.of("../README.md")));
          assertThat(found.find()).isTrue();
          yield found.group(1);
        }
        case EXAMPLE -> Files.readString(Path.of("../docs/examples/policies/swap-storm.yaml"));
      };
    }
  }

  private void passes(String policies, String disks, String expected) throws Exception {
    Files.writeString(folder.resolve("policies.yaml"), policies);
    String test =
        "policies: policies.yaml\ntests:\n  - name: load\n    disks:\n%s    expect:\n%s"
            .formatted(disks, expected);
    Path file = Files.writeString(folder.resolve("test.yaml"), test);
    CommandResult result = CommandResult.run("", "policy", "test", file.toString());
    assertThat(result.code()).as(result.out() + result.err()).isZero();
  }

  private static String swap(String domain, String disk, String series) {
    return "      - { domain: %s, disk: %s, role: swap, read_iops: %s, await_ms: 2 }\n"
        .formatted(domain, disk, series);
  }

  private static String repeat(String series, int times) {
    return IntStream.range(0, times).mapToObj(_ -> series).collect(Collectors.joining(" "));
  }

  /** Checks that the load evades the earlier policy and is throttled by the shipped ones. */
  private void isCaught(Shipped shipped, String disks, String at, String throttles)
      throws Exception {
    String all = disks + NEIGHBOUR;
    passes(BEFORE, all, "      - { at: %s, throttles: [], alerts: [] }\n".formatted(at));
    passes(shipped.text(), all, "      - { at: %s, throttles: [ %s ] }\n".formatted(at, throttles));
  }

  @ParameterizedTest
  @EnumSource
  void stormWithPausesIsThrottled(Shipped shipped) throws Exception {
    isCaught(
        shipped,
        swap("vm176", "xvda2", repeat("800x9 0", 12)),
        "26s",
        "{ domain: vm176, disk: xvda2 }");
  }

  @ParameterizedTest
  @EnumSource
  void twoDisksThatTakeTurns(Shipped shipped) throws Exception {
    isCaught(
        shipped,
        swap("vm176", "xvda2", repeat("800x8 0x8", 8))
            + swap("vm176", "xvda3", repeat("0x8 800x8", 8)),
        "26s",
        "{ domain: vm176, disk: xvda2 }, { domain: vm176, disk: xvda3 }");
  }

  @ParameterizedTest
  @EnumSource
  void fourSwapDisksEachBelowTheThreshold(Shipped shipped) throws Exception {
    isCaught(
        shipped,
        swap("vm176", "xvda2", "199")
            + swap("vm176", "xvda3", "199")
            + swap("vm176", "xvda4", "199")
            + swap("vm176", "xvda5", "199"),
        "26s",
        "{ disk: xvda2 }, { disk: xvda3 }, { disk: xvda4 }, { disk: xvda5 }");
  }

  @ParameterizedTest
  @EnumSource
  void fourDisksOfAnyRoleEachBelowTheThreshold(Shipped shipped) throws Exception {
    String each = "      - { domain: vm176, disk: %s, role: %s, read_iops: 199, await_ms: 2 }\n";
    isCaught(
        shipped,
        each.formatted("xvda1", "root")
            + each.formatted("xvdb", "data")
            + each.formatted("xvdc", "data")
            + each.formatted("xvdd", "data"),
        "68s",
        "{ disk: xvda1 }, { disk: xvdb }, { disk: xvdc }");
  }

  /** A guest that storms alone on its host: its throttle has no effect and does not count. */
  @ParameterizedTest
  @EnumSource
  void aDecoyOnAnotherHost(Shipped shipped) throws Exception {
    String disks =
        swap("vm66", "xvda2", "800").replace("{ ", "{ host: decoy, ")
            + "      - { host: third, domain: vm7, read_iops: 5 }\n"
            + swap("vm176", "xvda2", "0x60 800")
            + NEIGHBOUR;
    passes(
        shipped.text(),
        disks,
        "      - { at: 90s, throttles: [ { host: decoy }, { domain: vm176 } ] }\n");
  }

  /** Invariant 6: if too much of the fleet is anomalous, it alerts instead of throttling. */
  @ParameterizedTest
  @EnumSource
  void aMassFailureStopsActingAndPages(Shipped shipped) throws Exception {
    String disks =
        IntStream.range(0, 12)
            .mapToObj(host ->
                swap("vm" + host, "xvda2", host < 6 ? "0x10 800" : "5")
                    .replace("{ ", "{ host: dom0-" + host + ", "))
            .collect(Collectors.joining());
    passes(
        shipped.text(),
        disks,
        "      - { at: 29s, throttles: [], alerts: [] }\n      - { at: 31s, alerts: [ "
            + "{ policy: brakes }, "
            + repeat("{ policy: swap-storm },", 6)
            + " ] }\n      - { at: 60s, decisions: [] }\n");
  }

  @ParameterizedTest
  @EnumSource
  void aBackupWithinLimitsIsLeftAlone(Shipped shipped) throws Exception {
    passes(
        shipped.text(),
        "      - { domain: vm176, read_iops: 5x10 300x600 5, await_ms: 3 }\n" + NEIGHBOUR,
        "      - { at: 11m, alerts: [], throttles: [], decisions: [] }\n");
  }

  @ParameterizedTest
  @EnumSource
  void oneShortBurstIsLeftAlone(Shipped shipped) throws Exception {
    passes(
        shipped.text(),
        swap("vm176", "xvda2", "5x7 1000x10 5")
            + "      - { domain: vm176, disk: xvda1, read_iops: 5x103 2000x40 5, await_ms: 1 }\n"
            + NEIGHBOUR,
        "      - { at: 5m, alerts: [], throttles: [], decisions: [] }\n");
  }

  /** Missing data of a disk neither resolves nor hides a breach of the total. */
  @Test
  void anUnknownDiskMakesATotalALowerBound() throws Exception {
    passes(
        Shipped.PACKAGE.text(),
        swap("vm176", "xvda2", "300x40 10") + swap("vm176", "xvda3", "300x30 _x300 10") + NEIGHBOUR,
        """
              - { at: 30s, throttles: [ { disk: xvda2 }, { disk: xvda3 } ] }
              - { at: 5m, alerts: [ { disk: xvda2 }, { disk: xvda3 } ] }
              - { at: 8m, alerts: [], throttles: [] }
        """);
  }
}
