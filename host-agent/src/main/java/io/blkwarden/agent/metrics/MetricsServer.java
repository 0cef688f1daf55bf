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
 * Serves {@code GET /metrics} with the HTTP server of the JDK.
 *
 * <p>Allows {@link #CONNECTIONS} clients, each on a virtual thread. A client whose request or
 * response takes longer than {@link #REQUEST} s, or that is idle as long, is disconnected.
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
    server.createContext("/metrics", this::handle);
    server.start();
  }

  /** The HTTP server reads its limits once, from system properties; times are in seconds. */
  private static void limit(String property, int value) {
    System.setProperty(property, String.valueOf(value));
  }

  /**
   * Starts the server.
   *
   * @param address address to listen on; port 0 selects a free port
   * @param agents gets the state of each agent; throws if one does not respond
   * @throws IOException if it cannot listen on the address
   */
  public static MetricsServer start(InetSocketAddress address, Supplier<List<AgentSnapshot>> agents)
      throws IOException {
    MetricsServer started = new MetricsServer(address, agents);
    LOG.info("serving metrics at http://{}:{}/metrics", address.getHostString(), started.port());
    return started;
  }

  /** The port that it listens on. */
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean isGet = exchange.getRequestMethod().equals("GET");
      if (!isGet || !exchange.getRequestURI().getPath().equals("/metrics")) {
        respond(exchange, isGet ? 404 : 405, "expected GET /metrics\n");
        return;
      }
      try {
        byte[] text = text();
        exchange.getResponseHeaders().set("Content-Type", PrometheusTextFormatWriter.CONTENT_TYPE);
        exchange.sendResponseHeaders(200, text.length);
        exchange.getResponseBody().write(text);
      } catch (RuntimeException e) {
        LOG.warn("metrics request failed: the agent does not respond: {}", e.toString());
        respond(exchange, 503, "the agent does not respond\n");
      }
    }
  }

  private synchronized byte[] text() throws IOException {
    List<AgentSnapshot> readings = agents.get();
    ByteArrayOutputStream out = new ByteArrayOutputStream(4_096);
    writer.write(out, AgentMetrics.of(readings));
    return out.toByteArray();
  }

  private static void respond(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
