package io.blkwarden.controller.engine;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ladders with a limit, on a device whose scheduler ignores priorities. */
final class LimitTest {
  private static final Restraint LIMIT = new Restraint.Limit(20);

  private final EngineRig rig =
      EngineRig.acting(
          EngineRig.SWAP_STORM.replace(
              "[ best-effort/7, idle ]", "[ best-effort/7, idle, limit 20/s ]"));
  private final SwappingHost host = new SwappingHost();
  private Restraint last = LIMIT;

  @BeforeEach
  void begin() {
    host.device(Actuator.INEFFECTIVE, "none");
    rig.start(host);
  }

  /** The measurements in dom0 under a limit: few fast requests, and lower latency of neighbours. */
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
    return EngineRig.only(rig.seconds(3, host, host::storm));
  }

  @Test
  void limitIsSetOnDevicesThatIgnorePriorities() {
    Command command = limit();
    assertThat(EngineRig.set(command).restraint()).isEqualTo(LIMIT);
    List<Effect> effects = rig.outcome(command, Outcome.Result.APPLIED);
    Alert handled = EngineRig.alerts(effects).getFirst();
    assertThat(EngineRig.action(handled).limitPerS()).isEqualTo(20);
    assertThat(EngineRig.action(handled).priority()).isNull();
    assertThat(EngineRig.action(handled).note())
        .contains("I/O priorities are ignored by sda (none)");
    assertThat(handled.summary()).contains("; limited to 20 IOPS");

    effects = rig.seconds(15, host, this::limited);
    assertThat(EngineRig.sends(effects)).isEmpty();
    assertThat(EngineRig.action(EngineRig.alerts(effects).getLast()).effect())
        .isEqualTo(Alert.Effect.WORKED);
  }

  @Test
  void exhaustedLimitIsKeptAndUnusedLimitIsReleased() {
    rig.outcome(limit(), Outcome.Result.APPLIED);
    assertThat(EngineRig.sends(rig.seconds(20, host, this::limited))).isEmpty();
    List<Effect> effects = rig.seconds(4, host, this::calm);
    assertThat(EngineRig.sends(effects).getFirst().action())
        .isInstanceOf(CommandAction.Reset.class);
    assertThat(EngineRig.states(effects)).contains("resolved");
  }

  /** Under a limit reads and writes wait for each other, so that neither reaches its limit. */
  @Test
  void limitIsKeptWhileReadsAndWritesTogetherReachIt() {
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
    assertThat(EngineRig.sends(effects)).isEmpty();
    assertThat(EngineRig.states(effects)).doesNotContain("resolved");
  }

  /** Runs seconds with these reads and writes; the agent applies all commands. */
  private List<Effect> reading(int seconds, int reads, int writes) {
    List<Effect> effects = new ArrayList<>();
    for (int second = 0; second < seconds; second++) {
      List<Effect> now =
          rig.seconds(
              1,
              host,
              () -> {
                host.reads(host.noisy, reads, 3, 60, 0);
                host.writes(host.noisy, writes, 3);
                host.reads(host.neighbour, 300, 5, 900, 1);
              });
      for (Command command : EngineRig.sends(now)) {
        boolean renewed =
            command.action() instanceof CommandAction.Set set && set.restraint().equals(last);
        boolean set = command.action() instanceof CommandAction.Set;
        last = set ? EngineRig.set(command).restraint() : last;
        rig.outcome(
            command,
            renewed
                ? Outcome.Result.RENEWED
                : set ? Outcome.Result.APPLIED : Outcome.Result.RELEASED);
        effects.addAll(now);
      }
    }
    return effects;
  }

  private static List<Restraint> moves(List<Effect> effects) {
    return EngineRig.sends(effects).stream()
        .filter(command -> command.action() instanceof CommandAction.Set)
        .map(command -> EngineRig.set(command).restraint())
        .toList();
  }

  @Test
  void diskNearItsLimitGetsAHigherLimitAndIsReleased() {
    rig.outcome(limit(), Outcome.Result.APPLIED);
    assertThat(moves(reading(299, 12, 7))).containsOnly(LIMIT);
    assertThat(moves(reading(2, 12, 7))).contains(new Restraint.Limit(200));
    List<Effect> effects = reading(5, 12, 7);
    assertThat(EngineRig.sends(effects).getLast().action()).isInstanceOf(CommandAction.Reset.class);
  }

  @Test
  void stormUnderTheHigherLimitRestoresTheLimitAndDoublesThePause() {
    rig.outcome(limit(), Outcome.Result.APPLIED);
    reading(301, 12, 7);
    assertThat(last).isEqualTo(new Restraint.Limit(200));
    reading(7, 150, 150);
    assertThat(last).isEqualTo(LIMIT);
    assertThat(moves(reading(590, 12, 7))).containsOnly(LIMIT);
    assertThat(moves(reading(15, 12, 7))).contains(new Restraint.Limit(200));
  }

  @Test
  void limitWithoutEffectIsReleased() {
    rig.outcome(limit(), Outcome.Result.APPLIED);
    List<Effect> effects =
        rig.seconds(
            15,
            host,
            () -> {
              host.reads(host.noisy, 20, 3, 60, 0);
              host.reads(host.neighbour, 50, 40, 900, 2);
            });
    assertThat(EngineRig.sends(effects).getFirst().action())
        .isInstanceOf(CommandAction.Reset.class);
    assertThat(EngineRig.action(EngineRig.alerts(effects).getLast()).effect())
        .isEqualTo(Alert.Effect.NO_EFFECT);
  }

  @Test
  void agentWithoutLimitsGetsNoLimitCommand() {
    List<Effect> effects = rig.seconds(5, host, host::storm);
    assertThat(EngineRig.sends(effects)).isEmpty();
    Alert alert = EngineRig.alerts(effects).getLast();
    assertThat(EngineRig.action(alert).effect()).isEqualTo(Alert.Effect.INEFFECTIVE);
    assertThat(EngineRig.action(alert).note())
        .contains("skipped limit 20/s: the host's agent does not offer limits");
  }

  @Test
  void activeLimitIsAdoptedFromAHeartbeat() {
    DomainRef domain = host.disks.get(host.noisy).domain();
    MessageId lease = MessageId.of(1, new Random(5));
    rig.beat(host, true, new Heartbeat.HeldThrottle(lease, domain, "xvda2", LIMIT, 30_000, null));
    List<Effect> effects = rig.seconds(5, host, host::storm);
    assertThat(EngineRig.set(EngineRig.sends(effects).getFirst()).lease()).isEqualTo(lease);
    assertThat(EngineRig.set(EngineRig.sends(effects).getFirst()).restraint()).isEqualTo(LIMIT);
  }
}
