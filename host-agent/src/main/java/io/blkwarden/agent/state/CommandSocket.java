package io.blkwarden.agent.state;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import io.blkwarden.agent.bus.IncomingCommand;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.Outcome;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Unix socket {@code agent.sock} in the state directory, for commands of operators on the host.
 *
 * <p>Only its owner, root, can connect. A connection carries one {@link Command}, ended by the end
 * of the stream, and its {@link Outcome}. Each has a thread: a silent peer does not block others.
 *
 * @param server the listening socket
 * @param path its file
 * @param nowMillis CLOCK_MONOTONIC in ms
 * @param commands takes a command, or returns false; does not block
 */
public record CommandSocket(
    ServerSocketChannel server,
    Path path,
    LongSupplier nowMillis,
    Predicate<IncomingCommand> commands)
    implements AutoCloseable {
  private static final String NAME = "agent.sock";
  private static final int MAX_BYTES = 256 * 1024;
  private static final int MAX_REASON = 1_000;
  private static final int BACKLOG = 8;
  private static final Duration REPLY_TIMEOUT = Duration.ofSeconds(30);
  private static final long PAUSE_NANOS = 50_000_000;
  private static final Logger LOG = LoggerFactory.getLogger(CommandSocket.class);

  /**
   * Listens, in the place of the socket of an earlier run.
   *
   * @param directory the state directory, whose lock this process has
   * @param nowMillis CLOCK_MONOTONIC in ms
   * @param commands takes a command, or returns false; does not block
   * @return failed with the reason, such as a path of more than 107 bytes
   */
  public static ReadResult<CommandSocket> open(
      Path directory, LongSupplier nowMillis, Predicate<IncomingCommand> commands) {
    Path path = directory.resolve(NAME);
    try {
      StateFile.createDirectory(directory);
      CommandSocket socket = new CommandSocket(listen(directory, path), path, nowMillis, commands);
      Thread.ofPlatform().name("agent-commands").daemon().start(socket::serve);
      return ReadResult.present(socket);
    } catch (IOException | UnsupportedOperationException e) {
      return ReadResult.failed("%s: cannot listen: %s".formatted(path, e.getMessage()));
    }
  }

  private static ServerSocketChannel listen(Path directory, Path path) throws IOException {
    // others must not connect before the permissions are set
    Path closed = directory.resolve("s");
    Path fresh = closed.resolve(NAME);
    Files.deleteIfExists(fresh);
    Files.deleteIfExists(closed);
    Files.createDirectory(closed, StateFile.permissions("rwx------"));
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(fresh), BACKLOG);
      Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
      Files.move(fresh, path, ATOMIC_MOVE, REPLACE_EXISTING);
      Files.delete(closed);
      return server;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private void serve() {
    while (server.isOpen()) {
      try {
        SocketChannel peer = server.accept();
        Thread.ofPlatform().name("agent-command").daemon().start(() -> handle(peer));
      } catch (ClosedChannelException _) {
        return;
      } catch (IOException e) {
        LOG.warn("local command failed: {}", e.toString());
        LockSupport.parkNanos(PAUSE_NANOS); // without file descriptors, accept fails at once
      }
    }
  }

  private void handle(SocketChannel peer) {
    try (peer) {
      byte[] request = Channels.newInputStream(peer).readNBytes(MAX_BYTES);
      CompletableFuture<Outcome> reply = new CompletableFuture<>();
      Decoded<Command> command = named(ControlJson.decode(Command.class, request));
      if (!commands.test(
          new IncomingCommand(command, nowMillis.getAsLong(), true, reply::complete))) {
        throw new IOException("the agent is busy or stopping");
      }
      Outcome outcome = reply.orTimeout(REPLY_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).join();
      Channels.newOutputStream(peer).write(ControlJson.encode(outcome));
    } catch (IOException | RuntimeException e) {
      LOG.warn("local command failed: {}", e.toString());
    }
  }

  /** The command with its issuer in the reason, which outcomes and lease records contain. */
  private static Decoded<Command> named(Decoded<Command> decoded) {
    if (!(decoded instanceof Decoded.Ok<Command>(Command command))) {
      return decoded;
    }
    String by = " by %s on the host".formatted(command.issuedBy());
    int room = Math.min(command.reason().length(), MAX_REASON - by.length());
    return new Decoded.Ok<>(
        new Command(
            command.id(),
            command.host(),
            command.epoch(),
            command.issuedBy(),
            command.issuedAt(),
            command.expiresInMs(),
            command.reason().substring(0, room) + by,
            command.action()));
  }

  /**
   * Sends a command to the running agent.
   *
   * @return the outcome; absent if no agent listens; failed if the outcome is unknown
   */
  public static ReadResult<Outcome> ask(Path directory, Command command) {
    Path path = directory.resolve(NAME);
    try (SocketChannel agent = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      try {
        agent.connect(UnixDomainSocketAddress.of(path));
      } catch (IOException e) {
        return Files.exists(path) && !Files.isWritable(path)
            ? ReadResult.failed("%s: not permitted; run this as root".formatted(path))
            : ReadResult.absent("%s: %s".formatted(path, e.getMessage()));
      }
      Channels.newOutputStream(agent).write(ControlJson.encode(command));
      agent.shutdownOutput();
      byte[] answer = Channels.newInputStream(agent).readNBytes(MAX_BYTES);
      return ControlJson.decode(ControlMessage.class, answer)
              instanceof Decoded.Ok<ControlMessage>(Outcome outcome)
          ? ReadResult.present(outcome)
          : ReadResult.failed("the agent did not answer: it is busy or stopping");
    } catch (IOException e) {
      return ReadResult.failed("%s: %s".formatted(path, e.getMessage()));
    }
  }

  /** Stops listening. */
  @Override
  public void close() {
    try {
      server.close();
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.warn("{}: cannot be closed: {}", path, e.toString());
    }
  }
}
