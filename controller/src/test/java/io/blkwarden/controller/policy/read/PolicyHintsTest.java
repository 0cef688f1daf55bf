package io.blkwarden.controller.policy.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.policy.yaml.PolicyFile;
import io.blkwarden.controller.policy.yaml.PolicyProblem;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Suggestions and warnings for likely mistakes in policy files. */
final class PolicyHintsTest {
  private static PolicyLoad read(String text) {
    return PolicyReader.read(List.of(new PolicyFile("p.yaml", text)), PolicyLoad.NONE);
  }

  private static List<String> problems(String text) {
    return read(text).problems().stream().map(PolicyProblem::toString).toList();
  }

  @Test
  void misspeltKeyIsNotAlsoReportedAsMissing() {
    assertThat(
            problems(
                """
                policies:
                  - name: a
                    wen: { metric: iops, above: 200, for: 10s }
                  - name: b
                    when: { metric: iops, abov: 200, for: 10s }
                """))
        .satisfiesExactly(
            first -> assertThat(first).startsWith("p.yaml:3:5: policy a: policies[0].wen: unknown"),
            second ->
                assertThat(second)
                    .startsWith("p.yaml:5:27: policy b: policies[1].when.abov: unknown"));
  }

  @Test
  void keyWithoutSuggestionIsOneProblem() {
    assertThat(
            problems(
                """
                policies:
                  - name: a
                    when: { metric: iops, zzzzzzzz: 200, for: 10s }
                """))
        .singleElement()
        .asString()
        .startsWith("p.yaml:3:27: policy a: policies[0].when.zzzzzzzz: unknown key");
  }

  @Test
  void missingPerSecondIsSuggested() {
    assertThat(
            problems(
                """
                policies:
                  - name: a
                    when: { metric: iops, above: 200, for: 10s }
                    then: { ladder: [ limit 20 ] }
                  - name: ""
                    standing: { limit: 20 }
                """))
        .satisfiesExactly(
            step -> assertThat(step).endsWith("found 'limit 20'; did you mean 'limit 20/s'?"),
            name -> assertThat(name).endsWith("found ''"),
            limit -> assertThat(limit).endsWith("found '20'; did you mean '20/s'?"));
  }
}
