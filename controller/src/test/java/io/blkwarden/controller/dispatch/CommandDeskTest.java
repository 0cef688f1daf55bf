package io.blkwarden.controller.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

final class CommandDeskTest {
  private static final HostId HOST = new HostId("dom0-7");
  private static final CompletableFuture<byte[]> SILENT = new CompletableFuture<>();

  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  private final DispatchCounters counters = new DispatchCounters();
  private final List<Command> asked = new ArrayList<>();
  private final List<Outcome> outcomes = new ArrayList<>();
  private final List<String> lost = new ArrayList<>();
  private Function<Command, CompletableFuture<byte[]>> agent = command -> SILENT.copy();
  private boolean claimed = true;
  private final CommandDesk desk =
      new CommandDesk(
          new CommandCall(this::request, epoch -> claimed, time, counters, new SplittableRandom(1)),
          new Told(),
          time,
          counters);

  private final class Told implements CommandDesk.Feedback {
    @Override
    public void outcome(Outcome outcome) {
      outcomes.add(outcome);
    }

    @Override
    public void lost(HostId host, MessageId command, String why) {
      lost.add(host + " " + command + " " + why);
    }
  }

  private CompletableFuture<byte[]> request(HostId host, byte[] json, Duration timeout) {
    return switch (ControlJson.decode(Command.class, json)) {
      case Decoded.Ok<Command>(Command command) -> {
        asked.add(command);
        yield agent.apply(command);
      }
      case Decoded.Malformed<Command> bad -> throw new AssertionError(bad);
    };
  }

  private static CompletableFuture<byte[]> answered(Command command, long number) {
    return CompletableFuture.completedFuture(ControlJson.encode(Messages.done(command, number)));
  }

  private void advance(long millis) {
    time.advanceTimeBy(Duration.ofMillis(millis));
  }

  @AfterEach
  void close() {
    time.dispose();
  }

  @Test
  void anAnswerEndsACommand() {
    agent = command -> answered(command, 50);
    desk.send(Messages.command(1, HOST, 5_000));
    advance(1);

    assertThat(outcomes).extracting(Outcome::command).containsExactly(Messages.id(1));
    assertThat(desk.size()).isZero();
  }

  @Test
  void silenceIsAskedAgainWithTheSameIdAndLessTimeUntilTheCommandExpires() {
    desk.send(Messages.command(1, HOST, 10_000));
    advance(9_900);
    assertThat(lost).isEmpty();
    advance(200);

    assertThat(lost).singleElement().asString().contains("not answered in its time");
    assertThat(asked).hasSizeGreaterThan(2).extracting(Command::id).containsOnly(Messages.id(1));
    assertThat(asked)
        .extracting(Command::expiresInMs)
        .isSortedAccordingTo((a, b) -> b.compareTo(a));
    assertThat(asked.getLast().expiresInMs()).isLessThan(asked.getFirst().expiresInMs());
    assertThat(counters.lost.sum()).isEqualTo(1);
    assertThat(desk.size()).isZero();
  }

  @Test
  void nothingIsSentWhileTheClaimIsNotRenewed() {
    claimed = false;
    desk.send(Messages.command(1, HOST, 10_000));
    advance(5_000);
    assertThat(asked).isEmpty();
    assertThat(lost).isEmpty();

    claimed = true;
    agent = command -> answered(command, 50);
    advance(4_000);
    assertThat(asked).hasSize(1);
    assertThat(outcomes).hasSize(1);
  }

  @Test
  void anAnswerThatCannotBeReadIsAskedAgain() {
    agent =
        command ->
            asked.size() < 3
                ? CompletableFuture.completedFuture("?".getBytes(UTF_8))
                : answered(command, 50);
    desk.send(Messages.command(1, HOST, 10_000));
    advance(5_000);

    assertThat(outcomes).hasSize(1);
    assertThat(counters.malformed.sum()).isEqualTo(2);
  }

  @Test
  void anotherHostsAnswerIsNone() {
    agent = command -> answered(Messages.command(1, new HostId("dom0-8"), 1_000), 50);
    desk.send(Messages.command(1, HOST, 3_000));
    advance(4_000);

    assertThat(outcomes).isEmpty();
    assertThat(lost).hasSize(1);
  }

  @Test
  void anOutcomeOnItsSubjectEndsTheCommandToo() {
    Command command = Messages.command(1, HOST, 10_000);
    desk.send(command);
    advance(100);
    desk.settled(Messages.done(command, 50));
    advance(1);

    assertThat(outcomes).hasSize(1);
    advance(60_000);
    assertThat(lost).isEmpty();
  }

  @Test
  void aHostsCommandsGoOneAfterTheOtherAndOtherHostsDoNotWait() {
    desk.send(Messages.command(1, HOST, 3_000));
    desk.send(Messages.command(2, HOST, 600_000));
    desk.send(Messages.command(3, new HostId("dom0-8"), 3_000));
    advance(10);
    assertThat(asked)
        .extracting(Command::id)
        .containsExactlyInAnyOrder(Messages.id(1), Messages.id(3));

    advance(3_000);
    assertThat(asked).extracting(Command::id).contains(Messages.id(2));
  }

  @Test
  void onlySoManyHostsAreAskedAtOnce() {
    for (int i = 0; i < CommandDesk.MAX_IN_FLIGHT + 10; i++) {
      desk.send(Messages.command(i, new HostId("dom0-" + i), 1_000));
    }
    advance(1);
    assertThat(asked).hasSize(CommandDesk.MAX_IN_FLIGHT);

    advance(5_000);
    assertThat(lost).hasSize(CommandDesk.MAX_IN_FLIGHT + 10);
    assertThat(desk.size()).isZero();
  }

  @Test
  void atTheBoundACommandIsLostAtOnce() {
    for (int i = 0; i <= CommandDesk.MAX_WAITING; i++) {
      desk.send(Messages.command(i, HOST, 600_000));
    }

    assertThat(counters.refused.sum()).isEqualTo(1);
    assertThat(lost).singleElement().asString().contains("commands wait already");
    assertThat(desk.size()).isEqualTo(CommandDesk.MAX_WAITING);
  }

  @Test
  void abandoningGivesUpAll() {
    for (int i = 0; i < 5; i++) {
      desk.send(Messages.command(i, HOST, 600_000));
    }
    advance(1);
    desk.abandon("the claim is lost");
    advance(1);

    assertThat(lost).hasSize(5).allSatisfy(why -> assertThat(why).endsWith("the claim is lost"));
    assertThat(desk.size()).isZero();
  }
}
