package io.blkwarden.controller.testing;

import io.blkwarden.testing.NatsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * A TCP proxy for a nats-server, with adjustable latency and network partitions.
 *
 * <p>While it is {@link #cut}, connections stay open and no bytes are forwarded in either
 * direction, as if the network dropped all packets. After {@link #heal} the bytes sent meanwhile
 * arrive, even those of connections that the client has closed, like TCP retransmissions.
 */
public final class TcpProxy implements AutoCloseable {
  private static final int BUFFER = 1 << 16;
  private static final int PARTS_MAX = 1 << 12;

  private final URI target;
  private final Duration oneWay;
  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final ExecutorService pumps = Executors.newVirtualThreadPerTaskExecutor();
  private boolean cut;
  private boolean closed;

  /** A proxy on a free loopback port without additional latency. */
  public TcpProxy(NatsServer server) {
    this(server, Duration.ZERO);
  }

  /** A proxy with this additional round-trip time. */
  public TcpProxy(NatsServer server, Duration roundTrip) {
    target = URI.create(server.url());
    oneWay = roundTrip.dividedBy(2);
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    run(this::accept);
  }

  /** The URL of the server through this proxy. */
  public String url() {
    return "nats://127.0.0.1:" + listener.getLocalPort();
  }

  /** Stops forwarding. */
  public synchronized void cut() {
    cut = true;
  }

  /** Resumes forwarding, starting with the bytes sent meanwhile. */
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

  /** Bytes being forwarded; empty marks the end. */
  private record Part(long sentNanos, ByteBuffer bytes) {}

  /** Forwards with latency, but without limiting the bandwidth: reads ahead meanwhile. */
  private void pump(Socket from, Socket to) throws IOException, InterruptedException {
    BlockingQueue<Part> way = new ArrayBlockingQueue<>(PARTS_MAX);
    run(() -> arrive(way, to));
    try (from) {
      InputStream in = from.getInputStream();
      byte[] buffer = new byte[BUFFER];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        way.put(new Part(System.nanoTime(), ByteBuffer.wrap(Arrays.copyOf(buffer, n))));
      }
    } finally {
      sockets.remove(from);
      way.put(new Part(System.nanoTime(), ByteBuffer.allocate(0)));
    }
  }

  private void arrive(BlockingQueue<Part> way, Socket to) throws IOException, InterruptedException {
    try (to) {
      OutputStream out = to.getOutputStream();
      for (Part part = way.take(); part.bytes().hasRemaining(); part = way.take()) {
        long arrives = part.sentNanos() + oneWay.toNanos();
        while (System.nanoTime() < arrives) {
          LockSupport.parkNanos(arrives - System.nanoTime());
        }
        awaitNetwork();
        out.write(part.bytes().array());
      }
      awaitNetwork();
    } finally {
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
