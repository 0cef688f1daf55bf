package io.blkwarden.agent.lease;

import static io.blkwarden.model.IoPriority.IDLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.lease.CommandGate.CommandResult;
import io.blkwarden.agent.lease.CommandGate.ReceivedCommand;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Proof;
import io.blkwarden.model.UnresolvedReason;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerKind;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.message.Outcome.Refusal;
import io.blkwarden.model.message.Outcome.Result;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Every reason to refuse a command, each with an otherwise valid command. */
final class CommandGateTest {
  private final TestHost host = new TestHost();
  private final MappedDisk disk = host.addDisk(137, "xvda2", 500, 2);

  private CommandAction.Set request() {
    return host.request(disk, host.id(), IDLE, 60_000);
  }

  private void assertRefused(Outcome outcome, Refusal refusal, String detail) {
    assertThat(outcome.result()).as(outcome.detail()).isEqualTo(Result.REFUSED);
    assertThat(outcome.refusal()).isEqualTo(refusal);
    assertThat(outcome.detail()).contains(detail);
    assertThat(host.kernel.calls()).isEmpty();
  }

  @Test
  void validCommandIsApplied() {
    Outcome outcome = host.send(request());

    assertThat(outcome.result()).isEqualTo(Result.APPLIED);
    assertThat(outcome.workers()).hasSize(2).allMatch(change -> IDLE.equals(change.after()));
    assertThat(outcome.remainingMs()).isEqualTo(60_000);
  }

  @Test
  void refusesAnotherHost() {
    Command command =
        new Command(
            host.id(), new HostId("dom0-8"), 1, "c", Instant.EPOCH, 5_000, "because", request());

    assertRefused(host.send(command).reply(), Refusal.WRONG_HOST, "expected host dom0-7");
  }

  @Test
  void refusesAnExpiredCommand() {
    ReceivedCommand received =
        new ReceivedCommand(host.command(request()), host.nowMillis - 5_001, false);

    CommandResult handled =
        host.throttler.handle(received, host.mapping(), host::snapshot, host.nowMillis);

    assertRefused(handled.reply(), Refusal.EXPIRED, "waited 5001 ms");
  }

  @Test
  void refusesAnOlderEpoch() {
    host.send(host.command(host.id(), 8, new CommandAction.Snapshot()));

    Outcome outcome = host.send(host.command(host.id(), 7, request())).reply();

    assertRefused(outcome, Refusal.STALE_EPOCH, "expected epoch 8 or newer, found 7");
  }

  @Test
  void refusesAnEpochBeyondTheMaximum() {
    Outcome outcome =
        host.send(host.command(host.id(), 1L << 62, new CommandAction.Snapshot())).reply();

    assertRefused(outcome, Refusal.MALFORMED, "epoch: expected at most 9007199254740992");
    assertThat(host.send(host.command(host.id(), 7, new CommandAction.Snapshot())).reply().result())
        .isEqualTo(Result.DONE);
  }

  @Test
  void epochSurvivesARestart() {
    host.send(host.command(host.id(), 8, new CommandAction.Snapshot()));
    host.restart();

    Outcome outcome = host.send(host.command(host.id(), 7, request())).reply();

    assertRefused(outcome, Refusal.STALE_EPOCH, "expected epoch 8");
  }

  @Test
  void readOnlyAgentRefuses() {
    host.readOnly = true;
    host.throttler = host.fresh();

    assertRefused(host.send(request()), Refusal.READ_ONLY, "--read-only");
    assertThat(host.send(new CommandAction.Reset(host.id())).result()).isEqualTo(Result.RELEASED);
  }

  @Test
  void refusesAnUnknownDisk() {
    CommandAction.Set wish = request();
    host.disks.clear();

    assertRefused(host.send(wish), Refusal.UNKNOWN_DISK, "xvda2");
  }

  @Test
  void refusesAnotherBoot() {
    CommandAction.Set wish = request();
    CommandAction.Set stale =
        new CommandAction.Set(
            wish.lease(),
            wish.domain(),
            wish.vdev(),
            new UUID(9, 9),
            wish.workers(),
            wish.restraint(),
            wish.leaseMs());

    assertRefused(host.send(stale), Refusal.STALE_MAPPING, "expected boot");
  }

  @Test
  void refusesAnotherIncarnation() {
    CommandAction.Set wish = request();
    MappedDisk reborn = TestHost.disk(138, "xvda2", MappingState.RESOLVED, null, disk.workers());
    host.disks.set(0, withUuidOf(disk, reborn));

    assertRefused(host.send(wish), Refusal.STALE_MAPPING, "expected domid 138, found 137");
  }

  private static MappedDisk withUuidOf(MappedDisk whose, MappedDisk disk) {
    return new MappedDisk(
        new DomainRef(whose.domain().uuid(), disk.domain().domid(), disk.domain().name()),
        disk.disk(),
        disk.volume(),
        disk.physical(),
        disk.state(),
        disk.reason(),
        disk.workers(),
        Map.of());
  }

  @Test
  void refusesOtherWorkers() {
    CommandAction.Set wish = request();
    host.disks.clear();
    host.addDisk(137, "xvda2", 600, 2);

    assertRefused(host.send(wish), Refusal.STALE_MAPPING, "expected workers");
  }

  @Test
  void refusesAnUnresolvedDisk() {
    CommandAction.Set wish = request();
    host.disks.set(
        0,
        TestHost.disk(
            137, "xvda2", MappingState.UNRESOLVED, UnresolvedReason.AMBIGUOUS_NAME, List.of()));

    assertRefused(host.send(wish), Refusal.UNRESOLVED, "unresolved: ambiguous-name");
  }

  @Test
  void refusesOtherWorkerKinds() {
    Worker tapdisk =
        new Worker(WorkerKind.TAPDISK, null, 500, 1001, "tapdisk", null, Proof.KTHREAD_PID);
    MappedDisk other = TestHost.disk(137, "xvda2", MappingState.RESOLVED, null, List.of(tapdisk));
    host.disks.set(0, other);

    assertRefused(
        host.send(host.request(other, host.id(), IDLE, 60_000)), Refusal.UNRESOLVED, "tapdisk 500");
  }

  @Test
  void refusesASharedWorker() {
    host.disks.add(TestHost.disk(138, "xvda2", MappingState.RESOLVED, null, disk.workers()));

    assertRefused(host.send(request()), Refusal.GATE, "also a worker of domain=vm138 disk=xvda2");
  }

  @Test
  void refusesAChangedBackend() {
    host.gateObjection = Optional.of("state: expected 4, found 5");

    assertRefused(host.send(request()), Refusal.GATE, "expected 4, found 5");
  }

  @Test
  void refusesAReusedPid() {
    CommandAction.Set wish = request();
    host.kernel.start(501, "137.xvda2-1");

    assertRefused(host.send(wish), Refusal.GATE, "pid 501: expected start time");
  }

  @Test
  void refusesAUserProcess() {
    host.disks.clear();
    Worker fake = TestHost.worker(host.kernel.start(700, "137.xvda2-0", false), "137.xvda2-0", 0);
    MappedDisk faked = TestHost.disk(137, "xvda2", MappingState.RESOLVED, null, List.of(fake));
    host.disks.add(faked);

    assertRefused(
        host.send(host.request(faked, host.id(), IDLE, 60_000)),
        Refusal.GATE,
        "expected a kernel thread");
  }

  @Test
  void refusesAnotherThreadName() {
    host.disks.clear();
    Worker misnamed = TestHost.worker(host.kernel.start(700, "137.xvda1-0"), "137.xvda2-0", 0);
    MappedDisk mistaken =
        TestHost.disk(137, "xvda2", MappingState.RESOLVED, null, List.of(misnamed));
    host.disks.add(mistaken);

    assertRefused(
        host.send(host.request(mistaken, host.id(), IDLE, 60_000)),
        Refusal.GATE,
        "expected name '137.xvda2-0', found '137.xvda1-0'");
  }

  @Test
  void refusesADiskOfAnotherLease() {
    MessageId first = host.id();
    host.send(host.request(disk, first, IDLE, 60_000));

    Outcome outcome = host.send(request());

    assertThat(outcome.refusal()).isEqualTo(Refusal.HELD);
    assertThat(outcome.detail()).contains(first.value());
  }

  @Test
  void refusesALeaseOfAnotherDisk() {
    MappedDisk second = host.addDisk(138, "xvda2", 600, 1);
    MessageId lease = host.id();
    host.send(host.request(disk, lease, IDLE, 60_000));

    Outcome outcome = host.send(host.request(second, lease, IDLE, 60_000));

    assertThat(outcome.refusal()).isEqualTo(Refusal.HELD);
    assertThat(host.kernel.priority(600)).isEqualTo(IoPriority.UNSET);
  }

  @Test
  void refusesTooManyLeases() {
    for (int n = 0; n < LeaseTable.MAX_LEASES; n++) {
      MappedDisk next = host.addDisk(1000 + n, "xvda1", 10_000 + n, 1);
      assertThat(host.send(host.request(next, host.id(), IDLE, 60_000)).result())
          .isEqualTo(Result.APPLIED);
    }

    assertThat(host.send(request()).refusal()).isEqualTo(Refusal.TOO_MANY_LEASES);
  }

  @Test
  void repeatedCommandGetsTheSameOutcome() {
    Command command = host.command(request());
    CommandResult first = host.send(command);
    int calls = host.kernel.calls().size();

    CommandResult second = host.send(command);

    assertThat(second.reply()).isEqualTo(first.reply());
    assertThat(second.published()).isEmpty();
    assertThat(host.kernel.calls()).hasSize(calls);
  }

  @Test
  void rememberedOutcomesAreBounded() {
    Command first = host.command(new CommandAction.Snapshot());
    host.send(first);
    for (int n = 0; n < CommandGate.REMEMBERED; n++) {
      host.send(new CommandAction.Snapshot());
    }

    assertThat(host.send(first).published()).as("evaluated again").hasSize(1);
  }

  @Test
  void snapshotIsPublishedOnRequest() {
    CommandResult handled = host.send(host.command(new CommandAction.Snapshot()));

    assertThat(host.snapshots).isOne();
    assertThat(handled.reply().result()).isEqualTo(Result.DONE);
    assertThat(handled.reply().detail()).isEqualTo("snapshot published");
  }

  @Test
  void unpublishedSnapshotFails() {
    host.tooLarge = Optional.of("snapshot of 880000 bytes exceeds the limit of 65536 bytes");
    Command command = host.command(new CommandAction.Snapshot());

    assertThat(host.send(command).reply().result()).isEqualTo(Result.FAILED);
    assertThat(host.send(command).reply().detail()).contains("880000").contains("65536");
  }

  @Test
  void senderWithCurrentMappingGetsNoSnapshot() {
    CommandAction known = new CommandAction.Snapshot(host.at);
    CommandResult handled = host.send(host.command(host.id(), 9, known));

    assertThat(host.snapshots).isZero();
    assertThat(handled.reply().result()).isEqualTo(Result.DONE);
    assertThat(host.throttler.epoch()).isEqualTo(9);

    host.at = new CommandAction.Revision(host.at.run(), host.at.revision() + 1);
    host.send(host.command(host.id(), 9, known));
    assertThat(host.snapshots).isOne();
    host.at = new CommandAction.Revision(new UUID(6, 6), host.at.revision() - 1);
    host.send(host.command(host.id(), 9, known));
    assertThat(host.snapshots).isEqualTo(2);
  }
}
