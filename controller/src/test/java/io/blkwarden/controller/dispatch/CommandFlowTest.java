package io.blkwarden.controller.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.controller.testing.Messages;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.test.scheduler.VirtualTimeScheduler;

final class CommandFlowTest {
  private static final Duration BOUND = Duration.ofSeconds(30);
  private static final HostId HOST = new HostId("dom0-7");
  private static final Mono<byte[]> SILENT = Mono.never();

  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  private final ControllerCounters counters = new ControllerCounters();
  private final List<Command> asked = new ArrayList<>();
  private final List<Outcome> outcomes = new ArrayList<>();
  private final List<String> lost = new ArrayList<>();
  private Function<Command, Mono<byte[]>> agent = command -> SILENT;
  private boolean leads = true;
  private final CommandFlow flow =
      new CommandFlow(
          this::request, _ -> leads, new Told(), time, counters, new SplittableRandom(1));
  private final TestPublisher<Command> commands = TestPublisher.create();
  private final StepVerifier through =
      StepVerifier.create(flow.sendInOrder(commands.flux())).expectComplete().verifyLater();

  private final class Told implements CommandFlow.Results {
    @Override
    public void outcome(Outcome outcome) {
      outcomes.add(outcome);
    }

    @Override
    public void abandoned(HostId host, MessageId command, String why) {
      lost.add(host + " " + command + " " + why);
    }
  }

  private Mono<byte[]> request(HostId host, byte[] json, Duration timeout) {
    return switch (ControlJson.decode(Command.class, json)) {
      case Decoded.Ok<Command>(Command command) -> {
        asked.add(command);
        yield agent.apply(command);
      }
      case Decoded.Malformed<Command> bad -> throw new AssertionError(bad);
    };
  }

  private static Mono<byte[]> answered(Command command, long number) {
    return Mono.just(ControlJson.encode(Messages.done(command, number)));
  }

  private void advance(long millis) {
    time.advanceTimeBy(Duration.ofMillis(millis));
  }

  @AfterEach
  void close() {
    time.dispose();
  }

  @Test
  void answerCompletesACommand() {
    agent = command -> answered(command, 50);
    commands.next(Messages.command(1, HOST, 5_000));
    advance(1);

    assertThat(outcomes).extracting(Outcome::command).containsExactly(Messages.id(1));
    assertThat(flow.size()).isZero();
  }

  @Test
  void retriesWithTheSameIdUntilTheCommandExpires() {
    commands.next(Messages.command(1, HOST, 10_000));
    advance(9_900);
    assertThat(lost).isEmpty();
    advance(200);

    assertThat(lost).singleElement().asString().contains("expired without an answer");
    assertThat(asked).hasSizeGreaterThan(2).extracting(Command::id).containsOnly(Messages.id(1));
    assertThat(asked)
        .extracting(Command::expiresInMs)
        .isSortedAccordingTo((a, b) -> b.compareTo(a));
    assertThat(asked.getLast().expiresInMs()).isLessThan(asked.getFirst().expiresInMs());
    assertThat(counters.commandsLost.sum()).isEqualTo(1);
    assertThat(flow.size()).isZero();
  }

  @Test
  void sendsNothingWithoutLeadership() {
    leads = false;
    commands.next(Messages.command(1, HOST, 10_000));
    advance(5_000);
    assertThat(asked).isEmpty();
    assertThat(lost).isEmpty();

    leads = true;
    agent = command -> answered(command, 50);
    advance(4_000);
    assertThat(asked).hasSize(1);
    assertThat(outcomes).hasSize(1);
  }

  @Test
  void retriesAfterAnInvalidAnswer() {
    agent = command -> asked.size() < 3 ? Mono.just("?".getBytes(UTF_8)) : answered(command, 50);
    commands.next(Messages.command(1, HOST, 10_000));
    advance(5_000);

    assertThat(outcomes).hasSize(1);
    assertThat(counters.answersMalformed.sum()).isEqualTo(2);
  }

  @Test
  void answerOfAnotherHostIsInvalid() {
    agent = command -> answered(Messages.command(1, new HostId("dom0-8"), 1_000), 50);
    commands.next(Messages.command(1, HOST, 3_000));
    advance(4_000);

    assertThat(outcomes).isEmpty();
    assertThat(lost).hasSize(1);
  }

  @Test
  void outcomeOnItsSubjectCompletesTheCommand() {
    Command command = Messages.command(1, HOST, 10_000);
    commands.next(command);
    advance(100);
    flow.resolve(Messages.done(command, 50));
    advance(1);

    assertThat(outcomes).hasSize(1);
    advance(60_000);
    assertThat(lost).isEmpty();
  }

  @Test
  void commandsOfAHostAreSequentialAndHostsAreParallel() {
    commands.next(Messages.command(1, HOST, 3_000));
    commands.next(Messages.command(2, HOST, 600_000));
    commands.next(Messages.command(3, new HostId("dom0-8"), 3_000));
    advance(10);
    assertThat(asked)
        .extracting(Command::id)
        .containsExactlyInAnyOrder(Messages.id(1), Messages.id(3));

    advance(3_000);
    assertThat(asked).extracting(Command::id).contains(Messages.id(2));
  }

  @Test
  void unorderedCommandsAreLimited() {
    TestPublisher<Command> unhurried = TestPublisher.create();
    StepVerifier all =
        StepVerifier.create(flow.sendInAnyOrder(unhurried.flux())).expectComplete().verifyLater();
    for (int i = 0; i < CommandFlow.MAX_AT_ONCE + 10; i++) {
      unhurried.next(Messages.command(i, new HostId("dom0-" + i), 1_000));
    }
    advance(1);
    assertThat(asked).hasSize(CommandFlow.MAX_AT_ONCE);

    unhurried.complete();
    advance(5_000);
    assertThat(lost).hasSize(CommandFlow.MAX_AT_ONCE + 10);
    assertThat(flow.size()).isZero();
    all.verify(BOUND);
  }

  @Test
  void refusesCommandsWhenFull() {
    for (int i = 0; i <= CommandFlow.MAX_WAITING; i++) {
      commands.next(Messages.command(i, HOST, 600_000));
    }

    assertThat(counters.commandsRefused.sum()).isEqualTo(1);
    assertThat(lost).singleElement().asString().contains("commands are already waiting");
    assertThat(flow.size()).isEqualTo(CommandFlow.MAX_WAITING);
  }

  @Test
  void abandonAffectsEarlierCommandsOnly() {
    for (int i = 0; i < 5; i++) {
      commands.next(Messages.command(i, HOST, 600_000));
    }
    advance(1);
    flow.abandon("leadership lost");
    agent = command -> answered(command, 50);
    commands.next(Messages.command(9, HOST, 600_000));
    advance(1);

    assertThat(lost).hasSize(5).allSatisfy(why -> assertThat(why).endsWith("leadership lost"));
    assertThat(asked)
        .as("waiting commands are not sent")
        .extracting(Command::id)
        .containsExactly(Messages.id(0), Messages.id(9));
    assertThat(outcomes).extracting(Outcome::command).containsExactly(Messages.id(9));
    assertThat(flow.size()).isZero();
  }

  @Test
  void completesAfterTheLastResult() {
    commands.next(Messages.command(1, HOST, 5_000));
    commands.complete();
    advance(4_000);
    assertThat(lost).isEmpty();
    advance(2_000);

    assertThat(lost).hasSize(1);
    through.verify(BOUND);
  }

  @Test
  void ignoresOutcomesOfOtherHosts() {
    commands.next(Messages.command(1, HOST, 10_000));
    flow.resolve(Messages.done(Messages.command(1, new HostId("dom0-8"), 10_000), 50));
    advance(100);

    assertThat(outcomes).isEmpty();
    assertThat(flow.size()).isEqualTo(1);
  }
}
