package io.blkwarden.controller.policy.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.policy.DomainLabels;
import io.blkwarden.controller.policy.Labels;
import io.blkwarden.controller.policy.yaml.PolicyFile;
import io.blkwarden.controller.policy.yaml.PolicyProblem;
import io.blkwarden.model.DomainRef;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class LabelsReaderTest {
  private static final UUID ID = new UUID(1, 2);
  private static final String GOOD =
      """
      labels:
        "vm*": { plan: small, protected: true }
        vm176: { plan: large, owner: ana, protected: false, labels: { tier: gold } }
        00000000-0000-0001-0000-000000000002: { owner: ben }
      """;

  private static LabelsReader.Load read(String text, Labels before) {
    return LabelsReader.read(new PolicyFile("labels.yaml", text), before);
  }

  private static List<String> problems(String text) {
    return read(text, Labels.NONE).problems().stream().map(PolicyProblem::toString).toList();
  }

  @Test
  void precedenceIsPatternNameUuidAndProtectionIsKept() {
    LabelsReader.Load load = read(GOOD, Labels.NONE);

    assertThat(load.problems()).isEmpty();
    assertThat(load.labels().of(new DomainRef(ID, 3, "vm176")))
        .isEqualTo(new DomainLabels("large", "ben", true, Map.of("tier", "gold")));
    assertThat(load.labels().of(new DomainRef(UUID.nameUUIDFromBytes(new byte[1]), 3, "vm5")))
        .isEqualTo(new DomainLabels("small", "", true, Map.of()));
    assertThat(load.labels().of(new DomainRef(UUID.nameUUIDFromBytes(new byte[1]), 3, "db")))
        .isEqualTo(DomainLabels.NONE);
  }

  @Test
  void reportsAllProblems() {
    assertThat(
            problems(
                """
                labels:
                  vm1: { plna: small, protected: maybe }
                  vm2: small
                  vm3: { owner: [ ana ], labels: { tier: {} } }
                label: {}
                """))
        .containsExactly(
            "labels.yaml:2:10: labels.vm1.plna: unknown key; expected labels, owner, plan,"
                + " protected; did you mean 'plan'?",
            "labels.yaml:2:34: labels.vm1.protected: expected one of false, true, found 'maybe'",
            "labels.yaml:3:8: labels.vm2: expected keys and values, found 'small'",
            "labels.yaml:4:17: labels.vm3.owner: expected a text of 1 to 255 characters, found 'a"
                + " list'",
            "labels.yaml:4:42: labels.vm3.labels.tier: expected a text of 1 to 255 characters,"
                + " found 'keys and values'",
            "labels.yaml:5:1: label: unknown key; expected labels; did you mean 'labels'?");
  }

  @Test
  void invalidFileKeepsItsLastValidVersion() {
    Labels before = read(GOOD, Labels.NONE).labels();

    assertThat(read("labels: { vm1: 3 }", before).labels()).isEqualTo(before);
  }

  @Test
  void protectionOfAnInvalidFirstFileApplies() {
    Labels labels =
        read("labels: { vm1: { plan: x, protected: true }, vm2: 3 }", Labels.NONE).labels();

    assertThat(labels.of(new DomainRef(ID, 3, "vm1")))
        .isEqualTo(new DomainLabels("", "", true, Map.of()));
  }
}
