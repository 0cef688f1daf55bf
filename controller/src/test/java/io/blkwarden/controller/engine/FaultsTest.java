package io.blkwarden.controller.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.snapshot.FleetSnapshot;
import io.blkwarden.model.message.Alert;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An exception in the step affects only its disk or host. */
final class FaultsTest {
  private static final String POLICY =
      """
      policies:
        - name: busy
          mode: auto
          match: { domain: "vm*" }
          when: { metric: iops, above: 200, for: 3s, clear_below: 100, clear_for: 3s }
          then: { ladder: [ idle ], lease: 1m, alert: warning }
      """;

  private final FailingIds ids = new FailingIds();
  private final EngineRig rig = new EngineRig(1, ids);
  private final SwappingHost host = new SwappingHost();

  /** Fails at a chosen ID: each ID takes 16 numbers. */
  private static final class FailingIds extends Random {
    private static final long serialVersionUID = 1;
    private transient int idsUntilFault = Integer.MAX_VALUE;
    private transient int numbers;

    FailingIds() {
      super(1);
    }

    void failOnId(int number) {
      idsUntilFault = number;
      numbers = 0;
    }

    @Override
    public int nextInt(int bound) {
      if (numbers++ / 16 + 1 == idsUntilFault) {
        idsUntilFault = Integer.MAX_VALUE; // once
        throw new IllegalStateException("on purpose");
      }
      return super.nextInt(bound);
    }
  }

  @BeforeEach
  void begin() {
    rig.act(POLICY);
    rig.mayFail = true;
    rig.start(host);
  }

  /** Both disks are over the threshold. */
  private void both() {
    host.reads(host.noisy, 800, 2, 990, 4);
    host.reads(host.neighbour, 700, 2, 990, 4);
  }

  private static List<Effect.Failed> faults(List<Effect> effects) {
    return effects.stream()
        .filter(Effect.Failed.class::isInstance)
        .map(Effect.Failed.class::cast)
        .toList();
  }

  @Test
  void failingRowDoesNotAffectOtherRowsOfTheHost() {
    rig.seconds(2, host, this::both);
    ids.failOnId(1);
    List<Effect> effects = rig.seconds(1, host, this::both);

    assertThat(faults(effects))
        .singleElement()
        .satisfies(f -> {
          assertThat(f.host()).isEqualTo(host.id);
          assertThat(f.what()).contains("xvd");
        });
    assertThat(EngineRig.sends(effects))
        .extracting(command -> EngineRig.set(command).domain().name())
        .containsExactly("vm5");
    assertThat(effects).contains(new Effect.RequestMap(host.id));
  }

  @Test
  void breachOfTheFailingRowIsPublishedAfterTheFault() {
    rig.seconds(2, host, this::both);
    ids.failOnId(1);
    rig.seconds(1, host, this::both);
    ids.failOnId(Integer.MAX_VALUE);
    rig.map(host);

    assertThat(EngineRig.alerts(rig.seconds(4, host, this::both)))
        .extracting(alert -> alert.domain() == null ? "" : alert.domain().name())
        .contains("vm176");
  }

  @Test
  void oneFaultPerHostAndMinuteIsReported() {
    rig.seconds(2, host, this::both);
    ids.failOnId(1);
    int told = 0;
    for (int second = 0; second < 130; second++) {
      ids.failOnId(1);
      told += faults(rig.seconds(1, host, this::both)).size();
    }

    assertThat(told).isBetween(2, 3);
  }

  /** Alerts that count as published are among the effects, wherever the fault occurs. */
  @Test
  void effectsBeforeAFaultAreKept() {
    for (int number = 1; number <= 8; number++) {
      FailingIds failing = new FailingIds();
      EngineRig another = new EngineRig(1, failing).act(POLICY);
      another.mayFail = true;
      SwappingHost storming = new SwappingHost();
      another.start(storming);
      another.seconds(
          2,
          storming,
          () -> {
            storming.reads(storming.noisy, 800, 2, 990, 4);
            storming.reads(storming.neighbour, 700, 2, 990, 4);
          });
      failing.failOnId(number);
      another.seconds(1, storming, storming::storm);
      failing.failOnId(Integer.MAX_VALUE);
      another.map(storming);
      another.seconds(10, storming, storming::storm);

      List<Alert> ofGuest =
          EngineRig.alerts(another.all).stream()
              .filter(a -> a.domain() != null && a.domain().name().equals("vm176"))
              .toList();
      assertThat(ofGuest).as("fault on id %d", number).isNotEmpty();
      assertThat(ofGuest.getFirst().state()).isEqualTo(Alert.State.FIRING);
      assertThat(ofGuest.stream().filter(a -> a.state() == Alert.State.FIRING))
          .as("fault on id %d", number)
          .hasSize(1);
    }
  }

  @Test
  void failingInputMakesItsHostUnknownAndRequestsItsMap() {
    both();
    Input sampled = new Input.SampleBatch(host.id, host.frame());
    rig.feed(sampled);
    List<Effect> recovery = rig.step.recover(sampled);

    assertThat(recovery).contains(new Effect.RequestMap(host.id));
    assertThat(firstHostLive()).isFalse();
    rig.map(host);
    rig.seconds(1, host, this::both);
    assertThat(firstHostLive()).isTrue();
  }

  private boolean firstHostLive() {
    return rig.step.snapshot(FleetSnapshot.Parts.busiest(0)).hosts().getFirst().live();
  }
}
