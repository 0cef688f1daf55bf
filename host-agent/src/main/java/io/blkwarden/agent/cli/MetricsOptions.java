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

/** Whether and where metrics are served. */
public final class MetricsOptions {
  private static final Pattern ADDRESS = Pattern.compile("(.+):(\\d{1,5})");
  private static final int MAX_PORT = 65_535;
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  @Option(
      names = "--metrics",
      paramLabel = "ADDRESS:PORT",
      description =
          "Serve metrics for Prometheus, such as on 127.0.0.1:9778; port 0 for any free one"
              + " (default: serve none).")
  Optional<String> metrics = Optional.empty();

  @Option(
      names = "--metrics-disks",
      description = "Among them counters of each disk, 7 series a disk.")
  boolean disks;

  /** Where, or problems in the list. */
  public Optional<InetSocketAddress> address(List<String> problems) {
    if (metrics.isEmpty()) {
      if (disks) {
        problems.add("--metrics-disks: expected --metrics ADDRESS:PORT beside it");
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
      problems.add("--metrics: '%s' is no address of this host".formatted(matcher.group(1)));
      return Optional.empty();
    }
    return Optional.of(address);
  }

  /** Serves what these agents know. */
  public ReadResult<MetricsServer> serve(InetSocketAddress address, List<AgentRuntime> agents) {
    try {
      return ReadResult.present(
          MetricsServer.start(
              address,
              () ->
                  Objects.requireNonNull(
                      Flux.fromIterable(agents)
                          .flatMapSequential(agent -> agent.reading(disks))
                          .collectList()
                          .block(PATIENCE))));
    } catch (IOException e) {
      return ReadResult.failed(
          "--metrics: %s cannot be had (%s): choose another"
              .formatted(metrics.orElse(""), e.getMessage()));
    }
  }
}
