package io.blkwarden.agent.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.state.CommandSocket;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.WorkerId;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.message.Outcome.Refusal;
import io.blkwarden.model.message.Outcome.Result;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands over the Unix socket of an agent on a simulated host. */
final class LocalCommandsTest {
  private static final IoPriority IDLE = IoPriority.parse("idle");

  @TempDir private Path folder;
  private RunningAgent agent;
  private CommandSocket socket;
  private MappedDisk disk;
  private IoPriority before;

  @BeforeEach
  void start() throws Exception {
    agent = new RunningAgent(folder);
    socket = open();
    disk = agent.swapDisk();
    before = agent.host.get(disk.workers().getFirst().pid()).toOptional().orElseThrow();
  }

  @AfterEach
  void stop() {
    socket.close();
    agent.close();
  }

  private CommandSocket open() {
    return CommandSocket.open(folder, RunningAgent::nowMillis, agent::local)
        .toOptional()
        .orElseThrow();
  }

  private Outcome ask(CommandAction action) {
    ReadResult<Outcome> answer =
        CommandSocket.ask(
            folder,
            new Command(
                agent.newId(), agent.id, 0, "alice", Instant.now(), 15_000, "noisy", action));
    assertThat(answer.isPresent()).as(answer.describe()).isTrue();
    return answer.toOptional().orElseThrow();
  }

  @Test
  void throttlesAndReleasesWithoutNats() {
    CommandAction.Set set = agent.idle(disk, 600_000);
    agent.server.close();

    Outcome applied = ask(set);

    assertThat(applied.result()).isEqualTo(Result.APPLIED);
    assertThat(applied.detail()).endsWith("noisy by alice on the host");
    agent.assertPriorities(disk, IDLE);
    Outcome released = ask(new CommandAction.Reset(set.lease()));
    assertThat(released.result()).isEqualTo(Result.RELEASED);
    assertThat(released.detail()).contains("noisy by alice on the host");
    agent.assertPriorities(disk, before);
  }

  @Test
  void expiresByItself() {
    assertThat(ask(agent.idle(disk, 1_000)).result()).isEqualTo(Result.APPLIED);
    agent.awaitOutcome(Result.EXPIRED);
    agent.assertPriorities(disk, before);
  }

  @Test
  void controllersStayFencedAmongThemselves() throws InterruptedException {
    CommandAction.Set first = agent.idle(disk, 600_000);
    assertThat(agent.ask(first).result()).as("epoch 1").isEqualTo(Result.APPLIED);

    Outcome held = ask(agent.idle(disk, 600_000));
    assertThat(held.refusal()).as("a controller has the disk").isEqualTo(Refusal.HELD);
    assertThat(ask(first).refusal()).as("its own lease id").isEqualTo(Refusal.HELD);
    assertThat(ask(new CommandAction.Reset(first.lease())).result()).isEqualTo(Result.RELEASED);
    agent.assertPriorities(disk, before);

    assertThat(agent.ask(first).refusal()).as("an ended lease").isEqualTo(Refusal.EXPIRED);
    assertThat(agent.ask(agent.idle(disk, 600_000)).result())
        .as("the same epoch as before")
        .isEqualTo(Result.APPLIED);
  }

  @Test
  void controllersCanNeitherRenewNorChangeALocalThrottle() throws InterruptedException {
    CommandAction.Set local = agent.idle(disk, 600_000);
    assertThat(ask(local).result()).isEqualTo(Result.APPLIED);

    Outcome renewed = agent.ask(local);

    assertThat(renewed.refusal()).isEqualTo(Refusal.HELD);
    assertThat(renewed.detail()).contains("set by an operator on the host");
    agent.assertPriorities(disk, IDLE);
  }

  @Test
  void checksTheWorkersAndTheAction() {
    CommandAction.Set set = agent.idle(disk, 600_000);
    CommandAction.Set other =
        new CommandAction.Set(
            set.lease(),
            set.domain(),
            set.vdev(),
            set.boot(),
            List.of(new WorkerId(1, 1)),
            set.restraint(),
            set.leaseMs());
    assertThat(ask(other).refusal()).isEqualTo(Refusal.STALE_MAPPING);
    assertThat(ask(new CommandAction.ReleaseAll()).refusal()).isEqualTo(Refusal.MALFORMED);
    assertThat(ask(new CommandAction.Snapshot()).refusal()).isEqualTo(Refusal.MALFORMED);
    agent.assertPriorities(disk, before);
  }

  @Test
  void survivesBadAndSilentPeers() throws IOException {
    try (SocketChannel silent = connect()) {
      assertThat(silent.isConnected()).isTrue();
      try (SocketChannel bad = connect()) {
        bad.write(ByteBuffer.wrap("{\"schema\":1}".getBytes(UTF_8)));
        bad.shutdownOutput();
        assertThat(ask(agent.idle(disk, 600_000)).result()).isEqualTo(Result.APPLIED);
      }
    }
  }

  @Test
  void onlyTheOwnerCanConnect() throws IOException {
    Path path = folder.resolve("agent.sock");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");

    CommandSocket next = open(); // replaces the socket of a killed agent
    assertThat(ask(agent.idle(disk, 600_000)).result()).isEqualTo(Result.APPLIED);
    next.close();
    assertThat(CommandSocket.ask(folder, anyCommand())).isInstanceOf(ReadResult.Absent.class);
  }

  private Command anyCommand() {
    return new Command(
        agent.newId(), agent.id, 0, "alice", Instant.now(), 1, "x", new CommandAction.ReleaseAll());
  }

  private SocketChannel connect() throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(folder.resolve("agent.sock")));
    return channel;
  }
}
