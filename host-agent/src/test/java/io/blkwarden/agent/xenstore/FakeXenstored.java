package io.blkwarden.agent.xenstore;

import io.blkwarden.agent.kernel.ReadResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A fake xenstored on a Unix socket that serves a captured tree, with configurable faults. */
final class FakeXenstored implements AutoCloseable {
  /** Handles a request, or misbehaves. */
  interface Responder {
    void respond(XenMessage request, Session session) throws IOException;
  }

  /** The connection of a client. */
  static final class Session {
    final List<String> watches = new CopyOnWriteArrayList<>();
    private final SocketChannel channel;

    Session(SocketChannel channel) {
      this.channel = channel;
    }

    synchronized void send(ByteBuffer... frames) throws IOException {
      int length = 0;
      for (ByteBuffer frame : frames) {
        length += frame.remaining();
      }
      ByteBuffer all = ByteBuffer.allocate(length);
      for (ByteBuffer frame : frames) {
        all.put(frame);
      }
      all.flip();
      while (all.hasRemaining()) {
        channel.write(all);
      }
    }

    void cut() throws IOException {
      channel.close();
    }
  }

  final List<Session> sessions = new CopyOnWriteArrayList<>();
  volatile Responder responder = this::honest;
  private final TextXenStore tree;
  private final Path socket;
  private final ServerSocketChannel server;

  FakeXenstored(Path root, TextXenStore tree) {
    this.tree = tree;
    this.socket = root.resolve("run/xenstored/socket");
    try {
      Files.createDirectories(socket.getParent());
      Files.deleteIfExists(socket);
      server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofPlatform().daemon().name("fake-xenstored").start(this::accept);
  }

  private void accept() {
    try {
      while (true) {
        Session session = new Session(server.accept());
        sessions.add(session);
        Thread.ofPlatform().daemon().name("fake-session").start(() -> serve(session));
      }
    } catch (IOException e) {
      // the test closed the server
      return;
    }
  }

  private void serve(Session session) {
    ByteBuffer in = ByteBuffer.allocate(65_536);
    try {
      while (session.channel.read(in) >= 0) {
        in.flip();
        XenMessage request = XenMessage.decode(in);
        while (request != null) {
          responder.respond(request, session);
          request = XenMessage.decode(in);
        }
        in.compact();
      }
    } catch (IOException e) {
      // the test or the client closed the connection
      return;
    }
  }

  /** Answers like the captured server. */
  void honest(XenMessage request, Session session) throws IOException {
    List<String> strings = request.strings("request").orElse(List.of());
    String path = strings.getFirst();
    switch (request.op()) {
      case READ -> session.send(reply(request, tree.read(path).map(value -> value)));
      case DIRECTORY -> {
        ReadResult<String> names =
            tree.directory(path).map(list -> list.isEmpty() ? "" : String.join("\0", list) + "\0");
        session.send(
            names.orElse("").getBytes(StandardCharsets.UTF_8).length > 4096
                ? error(request, "E2BIG")
                : reply(request, names));
      }
      case WATCH -> {
        session.watches.add(path);
        session.send(bytes(XenOp.WATCH, request, "OK\0"), event(path, strings.get(1)));
      }
      default -> session.send(error(request, "ENOSYS"));
    }
  }

  private static ByteBuffer reply(XenMessage request, ReadResult<String> value) {
    return value instanceof ReadResult.Present<String>(String text)
        ? bytes(request.op(), request, text)
        : error(request, "ENOENT");
  }

  static ByteBuffer error(XenMessage request, String name) {
    return bytes(XenOp.ERROR, request, name + "\0");
  }

  static ByteBuffer bytes(XenOp op, XenMessage request, String payload) {
    return sent(
        Optional.of(
            new XenMessage(op, request.requestId(), payload.getBytes(StandardCharsets.UTF_8))));
  }

  /** An encoded message. */
  static ByteBuffer sent(Optional<XenMessage> message) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    message.orElseThrow().encode(bytes);
    return ByteBuffer.wrap(bytes.toByteArray());
  }

  /** An answer longer than the protocol allows, as oxenstored sends it. */
  static ByteBuffer overlong(XenMessage request, byte[] payload) {
    return ByteBuffer.allocate(XenMessage.HEADER_BYTES + payload.length)
        .order(ByteOrder.nativeOrder())
        .putInt(request.op().wire())
        .putInt(request.requestId())
        .putInt(0)
        .putInt(payload.length)
        .put(payload)
        .flip();
  }

  static ByteBuffer event(String path, String token) {
    return sent(XenMessage.ofStrings(XenOp.WATCH_EVENT, 0, path, token));
  }

  @Override
  public void close() throws IOException {
    server.close();
    Files.deleteIfExists(socket);
    for (Session session : sessions) {
      session.cut();
    }
  }
}
