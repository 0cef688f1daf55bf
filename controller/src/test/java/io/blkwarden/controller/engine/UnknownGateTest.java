package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.sample.SampleColumn;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A policy whose further conditions are unknown raises nothing, and says so. */
final class UnknownGateTest {
  private static final String POLICY =
      """
      policies:
        - name: swap-storm
          match: { role: swap }
          when: { metric: iops, above: 200, for: 3s }
          only_if:
            %s: [ { metric: device.util, above: 80%% }, { metric: host.io_full, above: %s } ]
          then: { alert: warning }
      """;

  private final SwappingHost host = new SwappingHost();

  @Test
  void unknownConditionRaisesNothingAndIsRecordedOnce() {
    EngineRig rig = EngineRig.acting(POLICY.formatted("any", "20%"));
    unknownUtil();
    rig.begin(host);
    List<Effect> effects = new ArrayList<>(rig.seconds(10, host, host::storm));

    assertThat(EngineRig.alerts(effects)).isEmpty();
    assertThat(notes(effects))
        .containsExactly(
            "no alert: iops is over its threshold, but only_if cannot be evaluated: utilisation of"
                + " sda (device.util), host.io_full is unknown");

    host.deviceCounters.getFirst()[SampleColumn.UNKNOWN_COLUMNS.id()] = 0;
    rig.map(host);
    assertThat(EngineRig.states(rig.seconds(3, host, host::storm))).containsExactly("firing");
  }

  @Test
  void decisiveKnownValueIsEnough() {
    host.fullMicros = 0;
    unknownUtil();
    EngineRig any = EngineRig.acting(POLICY.formatted("any", "20%"));
    any.begin(host);
    assertThat(EngineRig.states(any.seconds(5, host, this::fullPressure)))
        .containsExactly("firing");
  }

  @Test
  void conditionThatIsNotMetIsNotUnknown() {
    host.fullMicros = 0;
    unknownUtil();
    EngineRig all = EngineRig.acting(POLICY.formatted("all", "90%"));
    all.begin(host);
    List<Effect> effects = all.seconds(5, host, this::fullPressure);
    assertThat(EngineRig.alerts(effects)).isEmpty();
    assertThat(notes(effects)).isEmpty();
  }

  private void fullPressure() {
    host.storm();
    host.fullMicros += 500_000;
  }

  private void unknownUtil() {
    host.deviceCounters.getFirst()[SampleColumn.UNKNOWN_COLUMNS.id()] = SampleColumn.IO_MS.bit();
  }

  private static List<String> notes(List<Effect> effects) {
    return effects.stream()
        .filter(Effect.RecordDecision.class::isInstance)
        .map(effect -> ((Effect.RecordDecision) effect).decision().reason())
        .toList();
  }
}
