package io.blkwarden.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.ExitCodes;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

final class PolicyShowTest {
  private static final String LITTLE =
      """
      policies:
        - name: swap-storm
          match: { role: swap, domain: "vm*" }
          when: { metric: iops, above: 200, for: 10s }
          only_if: { any: [ { metric: device.util, above: 80% } ] }
          then: { ladder: [best-effort/7, idle, limit 20/s] }
        - name: fleet-swap
          fleet: { metric: swap.bytes_per_s, sum_above: 2GB/s, for: 1m }
      """;

  @TempDir Path folder;

  private Path file(String text) throws Exception {
    return Files.writeString(folder.resolve("p.yaml"), text);
  }

  @Test
  void defaultsAreShown() throws Exception {
    CommandResult result = CommandResult.run("", "policy", "show", file(LITTLE).toString());

    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out())
        .startsWith("policies:\n  - name: swap-storm\n    mode: shadow\n    match:\n")
        .contains("      role: [swap]\n")
        .contains("      metric: iops\n      above: 200\n      for: 10s\n      clear_below: 100\n")
        .contains("      any:\n        - metric: device.util\n          above: 0.8\n")
        .contains("      ladder: [best-effort/7, idle, limit 20/s]\n      lease: 5m\n")
        .contains("      sum_above: 2000000000\n")
        .contains("brakes:\n  disks_per_host: 2\n  disks_per_domain: 1\n  hosts_throttled: 0.05\n")
        .contains("protect: []\n");
  }

  @Test
  void outputIsAPolicyFileOfTheSamePolicies() throws Exception {
    String all = Files.readString(Path.of("src/test/resources/policies/all-kinds.yaml"));
    String shown = CommandResult.run("", "policy", "show", file(all).toString()).out();
    String json = CommandResult.run("", "policy", "show", "--json", file(all).toString()).out();

    CommandResult again = CommandResult.run("", "policy", "show", "--json", file(shown).toString());

    assertThat(again.code()).as(again.err()).isZero();
    assertThat(again.out()).isEqualTo(json);
  }

  @Test
  void jsonHasTheSameContent() throws Exception {
    CommandResult result =
        CommandResult.run("", "policy", "show", "--json", file(LITTLE).toString());

    JsonNode policy = AsciiJson.MAPPER.readTree(result.out()).get("policies").get(0);
    assertThat(policy.get("when").get("clear_for_ms").asLong()).isEqualTo(60_000);
    assertThat(policy.get("then").get("lease_ms").asLong()).isEqualTo(300_000);
  }

  @Test
  void problemsAreReported() throws Exception {
    CommandResult result =
        CommandResult.run("", "policy", "show", file("policies: [ { name: x } ]").toString());

    assertThat(result.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(result.err()).contains("p.yaml:1");
    assertThat(result.out()).contains("brakes:");
  }

  @Test
  void standingPolicyShowsItsLease() throws Exception {
    String standing =
        """
        policies:
          - name: small-plan
            match: { plan: small }
            standing: { limit: 400/s }
        """;
    assertThat(CommandResult.run("", "policy", "check", file(standing).toString()).code()).isZero();
    assertThat(CommandResult.run("", "policy", "show", file(standing).toString()).out())
        .contains("    standing:\n      limit: 400/s\n      lease: 24h\n");
  }
}
