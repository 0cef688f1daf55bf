package io.blkwarden.controller.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.Actuator;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.Outcome;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ladders with a limit, on a device whose scheduler ignores priorities. */
final class LimitingTest {
  private static final Restraint LIMIT = new Restraint.Limit(20);

  private final Rig rig =
      Rig.acting(
          Rig.SWAP_STORM.replace("[ best-effort/7, idle ]", "[ best-effort/7, idle, limit 20/s ]"));
  private final SwappingHost host = new SwappingHost();

  @BeforeEach
  void begin() {
    host.device(Actuator.INEFFECTIVE, "none");
    rig.begin(host);
  }

  /** What dom0 sees behind a limit: few and fast requests, and neighbours that wait less. */
  private void limited() {
    host.reads(host.noisy, 20, 3, 60, 0);
    host.reads(host.neighbour, 300, 5, 900, 1);
  }

  private void calm() {
    host.reads(host.noisy, 4, 3, 12, 0);
    host.reads(host.neighbour, 300, 5, 900, 1);
  }

  private Command limit() {
    rig.beat(host, true);
    return Rig.only(rig.seconds(3, host, host::storm));
  }

  @Test
  void aLimitIsSetWherePrioritiesAreIgnored() {
    Command command = limit();
    assertThat(Rig.set(command).restraint()).isEqualTo(LIMIT);
    List<Effect> effects = rig.outcome(command, Outcome.Result.APPLIED);
    Alert handled = Rig.alerts(effects).getFirst();
    assertThat(Rig.action(handled).limitPerS()).isEqualTo(20);
    assertThat(Rig.action(handled).priority()).isNull();
    assertThat(Rig.action(handled).note()).contains("I/O priorities are ignored by sda (none)");
    assertThat(handled.summary()).contains("it was limited to 20 I/O per s");

    effects = rig.seconds(15, host, this::limited);
    assertThat(Rig.sends(effects)).isEmpty();
    assertThat(Rig.action(Rig.alerts(effects).getLast()).effect()).isEqualTo(Alert.Effect.WORKED);
  }

  @Test
  void aLimitThatIsUsedUpIsKeptAndOneThatIsNotIsReleased() {
    rig.outcome(limit(), Outcome.Result.APPLIED);
    assertThat(Rig.sends(rig.seconds(20, host, this::limited))).isEmpty();
    List<Effect> effects = rig.seconds(4, host, this::calm);
    assertThat(Rig.sends(effects).getFirst().action()).isInstanceOf(CommandAction.Reset.class);
    assertThat(Rig.states(effects)).contains("resolved");
  }

  /** Reads and writes wait for each other behind a limit, so neither uses its budget up. */
  @Test
  void aLimitIsKeptWhileReadsAndWritesTogetherPressAgainstIt() {
    rig.outcome(limit(), Outcome.Result.APPLIED);
    List<Effect> effects =
        rig.seconds(
            25,
            host,
            () -> {
              host.reads(host.noisy, 15, 3, 60, 0);
              host.writes(host.noisy, 15, 3);
              host.reads(host.neighbour, 300, 5, 900, 1);
            });
    assertThat(Rig.sends(effects)).isEmpty();
    assertThat(Rig.states(effects)).doesNotContain("resolved");
  }

  @Test
  void aLimitThatHelpsNobodyIsReleased() {
    rig.outcome(limit(), Outcome.Result.APPLIED);
    List<Effect> effects =
        rig.seconds(
            15,
            host,
            () -> {
              host.reads(host.noisy, 20, 3, 60, 0);
              host.reads(host.neighbour, 50, 40, 900, 2);
            });
    assertThat(Rig.sends(effects).getFirst().action()).isInstanceOf(CommandAction.Reset.class);
    assertThat(Rig.action(Rig.alerts(effects).getLast()).effect())
        .isEqualTo(Alert.Effect.NO_EFFECT);
  }

  @Test
  void anAgentThatDoesNotOfferLimitsIsNotAsked() {
    List<Effect> effects = rig.seconds(5, host, host::storm);
    assertThat(Rig.sends(effects)).isEmpty();
    Alert alert = Rig.alerts(effects).getLast();
    assertThat(Rig.action(alert).effect()).isEqualTo(Alert.Effect.INEFFECTIVE);
    assertThat(Rig.action(alert).note())
        .contains("skipped limit 20/s: the host's agent does not offer limits");
  }

  @Test
  void aHeldLimitIsTakenOverFromAHeartbeat() {
    DomainRef domain = host.disks.get(host.noisy).domain();
    MessageId lease = MessageId.of(1, new Random(5));
    rig.beat(host, true, new Heartbeat.HeldThrottle(lease, domain, "xvda2", LIMIT, 30_000));
    List<Effect> effects = rig.seconds(5, host, host::storm);
    assertThat(Rig.set(Rig.sends(effects).getFirst()).lease()).isEqualTo(lease);
    assertThat(Rig.set(Rig.sends(effects).getFirst()).restraint()).isEqualTo(LIMIT);
  }
}
