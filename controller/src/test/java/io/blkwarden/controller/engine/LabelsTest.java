package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.controller.policy.Labels;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.read.LabelsReader;
import io.blkwarden.controller.policy.read.PolicyLoad;
import io.blkwarden.controller.policy.read.PolicyReader;
import io.blkwarden.controller.policy.yaml.PolicyFile;
import io.blkwarden.model.message.MappingEvent.WorkersChanged;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LabelsTest {
  private static final String SMALL =
      """
      policies:
        - name: small
          mode: auto
          match: { plan: small }
          when: { metric: iops, above: 200, for: 3s, clear_for: 3s }
          then: { ladder: [ idle ] }
      """;

  private final TestHost host = new TestHost("dom0-7");
  private final int small = host.addSwap(1);
  private final int large = host.addSwap(2);
  private final EngineRig rig = EngineRig.acting(SMALL);

  private void labels(String text) {
    Labels labels = LabelsReader.read(new PolicyFile("labels.yaml", text), Labels.NONE).labels();
    PolicySet policies =
        PolicyReader.read(List.of(new PolicyFile("p.yaml", SMALL)), PolicyLoad.NONE).policies();
    rig.policies(policies.with(labels));
  }

  private List<Effect> storm() {
    return rig.seconds(
        5,
        host,
        () -> {
          host.reads(small, 500, 1, 900, 1);
          host.reads(large, 500, 1, 900, 1);
        });
  }

  @Test
  void policyMatchesDomainsOfItsPlan() {
    labels("labels: { vm1: { plan: small }, vm2: { plan: large } }");
    rig.begin(host);

    assertThat(EngineRig.sends(storm()))
        .singleElement()
        .satisfies(command -> assertThat(EngineRig.set(command).domain().name()).isEqualTo("vm1"));
  }

  @Test
  void diskProtectedByALabelIsNotThrottled() {
    labels("labels: { \"vm*\": { plan: small, protected: true } }");
    rig.begin(host);
    List<Effect> effects = storm();

    assertThat(EngineRig.sends(effects)).isEmpty();
    assertThat(EngineRig.states(effects)).containsOnly("firing");
  }

  @Test
  void labelsOfTheHostApplyWhereTheFileHasNone() {
    host.label(small, Map.of("plan", "small"));
    host.label(large, Map.of("plan", "small"));
    labels("labels: { vm2: { plan: large } }");
    rig.begin(host);

    assertThat(EngineRig.sends(storm()))
        .singleElement()
        .satisfies(command -> assertThat(EngineRig.set(command).domain().name()).isEqualTo("vm1"));
  }

  @Test
  void eitherSourceProtectsAndNoneRemovesProtection() {
    host.label(small, Map.of("plan", "small", "protected", "true"));
    host.label(large, Map.of("protected", "false"));
    labels(
        "labels: { vm1: { plan: small, protected: false },"
            + " vm2: { plan: small, protected: true } }");
    rig.begin(host);
    List<Effect> effects = storm();

    assertThat(EngineRig.sends(effects)).isEmpty();
    assertThat(EngineRig.states(effects)).containsOnly("firing");
  }

  @Test
  void onlyNoDisablesProtection() {
    host.label(small, Map.of("plan", "small", "protected", "No"));
    host.label(large, Map.of("plan", "small", "protected", "ture"));
    rig.begin(host);

    assertThat(EngineRig.sends(storm()))
        .singleElement()
        .satisfies(command -> assertThat(EngineRig.set(command).domain().name()).isEqualTo("vm1"));
  }

  @Test
  void newLabelAppliesAtOnce() {
    rig.begin(host);
    assertThat(storm()).isEmpty();
    host.label(large, Map.of("plan", "small"));
    host.revision++;
    rig.feed(new Input.MappingChanged(new WorkersChanged(host.origin(), host.disks.get(large))));

    assertThat(EngineRig.sends(storm()))
        .singleElement()
        .satisfies(command -> assertThat(EngineRig.set(command).domain().name()).isEqualTo("vm2"));
  }

  @Test
  void changedLabelsApplyAtOnce() {
    rig.begin(host);
    assertThat(storm()).isEmpty();
    labels("labels: { vm2: { plan: small } }");

    assertThat(EngineRig.sends(storm()))
        .singleElement()
        .satisfies(command -> assertThat(EngineRig.set(command).domain().name()).isEqualTo("vm2"));
  }
}
