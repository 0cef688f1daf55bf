package io.blkwarden.agent.cli;

import io.blkwarden.agent.app.AgentRuntime;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.metrics.MetricsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;
import reactor.core.publisher.Flux;

/** Options of the metrics endpoint. */
public final class MetricsOptions {
  private static final Pattern ADDRESS = Pattern.compile("(.+):(\\d{1,5})");
  private static final int MAX_PORT = 65_535;
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  @Option(
      names = "--metrics",
      paramLabel = "ADDRESS:PORT",
      description =
          "Serve Prometheus metrics at /metrics, such as on 127.0.0.1:9778; port 0 selects a free"
              + " port (default: off).")
  Optional<String> metrics = Optional.empty();

  @Option(names = "--metrics-disks", description = "Include counters per disk, 7 series each.")
  boolean disks;

  /** The address; empty if off, or with problems added to the list. */
  public Optional<InetSocketAddress> address(List<String> problems) {
    if (metrics.isEmpty()) {
      if (disks) {
        problems.add("--metrics-disks: needs --metrics ADDRESS:PORT");
      }
      return Optional.empty();
    }
    Matcher matcher = ADDRESS.matcher(metrics.get());
    if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > MAX_PORT) {
      problems.add(
          "--metrics: expected ADDRESS:PORT such as 127.0.0.1:9778, found '%s'"
              .formatted(metrics.get()));
      return Optional.empty();
    }
    InetSocketAddress address =
        new InetSocketAddress(matcher.group(1), Integer.parseInt(matcher.group(2)));
    if (address.isUnresolved()) {
      problems.add(
          "--metrics: expected an address of this host, found '%s'".formatted(matcher.group(1)));
      return Optional.empty();
    }
    return Optional.of(address);
  }

  /** Serves metrics of these agents. */
  public ReadResult<MetricsServer> serve(InetSocketAddress address, List<AgentRuntime> agents) {
    try {
      return ReadResult.present(
          MetricsServer.start(
              address,
              () ->
                  Objects.requireNonNull(
                      Flux.fromIterable(agents)
                          .flatMapSequential(agent -> agent.snapshot(disks))
                          .collectList()
                          .block(TIMEOUT))));
    } catch (IOException e) {
      return ReadResult.failed(
          "--metrics: cannot listen on %s: %s; choose another address"
              .formatted(metrics.orElse(""), e.getMessage()));
    }
  }
}
