package io.blkwarden.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A TCP proxy in front of a nats-server whose network can be partitioned.
 *
 * <p>While it is {@link #cut}, connections stay open and no byte passes, in either direction, as
 * when a network drops all packets. After {@link #heal} the bytes that were sent meanwhile arrive,
 * even those of connections that the client has closed, as TCP's retransmissions do.
 */
public final class TcpProxy implements AutoCloseable {
  private static final int BUFFER = 1 << 16;

  private final URI target;
  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final ExecutorService pumps = Executors.newVirtualThreadPerTaskExecutor();
  private boolean cut;
  private boolean closed;

  /** A proxy that listens on a free port of loopback and passes everything on. */
  public TcpProxy(NatsServer server) {
    target = URI.create(server.url());
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    run(this::accept);
  }

  /** The URL of the server by way of this proxy. */
  public String url() {
    return "nats://127.0.0.1:" + listener.getLocalPort();
  }

  /** Stops to pass bytes on. */
  public synchronized void cut() {
    cut = true;
  }

  /** Passes bytes on again, those first that were sent meanwhile. */
  public synchronized void heal() {
    cut = false;
    notifyAll();
  }

  private synchronized void awaitNetwork() throws IOException, InterruptedException {
    while (cut && !closed) {
      wait();
    }
    if (closed) {
      throw new IOException("the proxy is closed");
    }
  }

  private interface Task {
    void run() throws IOException, InterruptedException;
  }

  /** Runs it until a connection or this proxy is closed. */
  private void run(Task task) {
    Future<?> _ =
        pumps.submit(() -> {
          task.run();
          return true;
        });
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = listener.accept();
      sockets.add(client);
      run(() -> connect(client));
    }
  }

  private void connect(Socket client) throws IOException, InterruptedException {
    awaitNetwork();
    Socket server = new Socket(target.getHost(), target.getPort());
    sockets.add(server);
    run(() -> pump(client, server));
    run(() -> pump(server, client));
  }

  private void pump(Socket from, Socket to) throws IOException, InterruptedException {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[BUFFER];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        awaitNetwork();
        out.write(buffer, 0, n);
      }
      awaitNetwork();
    } finally {
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  /** Closes all connections. */
  @Override
  public void close() throws IOException {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    listener.close();
    for (Socket each : sockets) {
      each.close();
    }
    pumps.close();
  }
}
