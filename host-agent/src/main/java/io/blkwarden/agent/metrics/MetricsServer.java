package io.blkwarden.agent.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.blkwarden.agent.app.AgentSnapshot;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@code GET /metrics} by the JDK's own small web server.
 *
 * <p>At most {@link #CONNECTIONS} clients at once, each on a virtual thread: a client that takes
 * longer than {@link #REQUEST} s to ask or to take the answer, or is idle as long, is disconnected,
 * and delays no other. Answers are made one at a time.
 */
public final class MetricsServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MetricsServer.class);
  private static final int REQUEST = 5;
  private static final int CONNECTIONS = 64;
  private static final int BACKLOG = 8;

  private final Supplier<List<AgentSnapshot>> agents;
  private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
  private final ExecutorService threads;
  private final HttpServer server;

  private MetricsServer(InetSocketAddress address, Supplier<List<AgentSnapshot>> agents)
      throws IOException {
    this.agents = agents;
    limit("sun.net.httpserver.maxReqTime", REQUEST);
    limit("sun.net.httpserver.maxRspTime", REQUEST);
    limit("sun.net.httpserver.idleInterval", REQUEST);
    limit("jdk.httpserver.maxConnections", CONNECTIONS);
    server = HttpServer.create(address, BACKLOG);
    threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("agent-metrics-", 0).factory());
    server.setExecutor(threads);
    server.createContext("/metrics", this::answer);
    server.start();
  }

  /** The JDK's web server reads its limits once, from properties; times are in seconds. */
  private static void limit(String property, int value) {
    System.setProperty(property, String.valueOf(value));
  }

  /**
   * Starts to serve.
   *
   * @param address where; port 0 for any free one
   * @param agents asks each agent of this process for what it knows; throws if one does not answer
   * @throws IOException if the address cannot be had
   */
  public static MetricsServer start(InetSocketAddress address, Supplier<List<AgentSnapshot>> agents)
      throws IOException {
    MetricsServer started = new MetricsServer(address, agents);
    LOG.info("metrics: http://{}:{}/metrics", address.getHostString(), started.port());
    return started;
  }

  /** The port that it serves on. */
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean reads = exchange.getRequestMethod().equals("GET");
      if (!reads || !exchange.getRequestURI().getPath().equals("/metrics")) {
        say(exchange, reads ? 404 : 405, "expected GET /metrics\n");
        return;
      }
      try {
        byte[] text = text();
        exchange.getResponseHeaders().set("Content-Type", PrometheusTextFormatWriter.CONTENT_TYPE);
        exchange.sendResponseHeaders(200, text.length);
        exchange.getResponseBody().write(text);
      } catch (RuntimeException e) {
        LOG.warn("metrics: the agent does not answer: {}", e.toString());
        say(exchange, 503, "the agent does not answer just now\n");
      }
    }
  }

  private synchronized byte[] text() throws IOException {
    List<AgentSnapshot> readings = agents.get();
    ByteArrayOutputStream out = new ByteArrayOutputStream(4_096);
    writer.write(out, AgentMetrics.of(readings));
    return out.toByteArray();
  }

  private static void say(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
