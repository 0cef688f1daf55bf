package io.blkwarden.agent.cli;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.metrics.MetricsServer;
import io.blkwarden.agent.nats.NatsSettings;
import io.blkwarden.commandline.DurationText;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.log.LogFormat;
import io.blkwarden.model.HostId;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code blkwarden-agent simulate}: agents on dom0s that do not exist. */
@Command(
    name = "simulate",
    mixinStandardHelpOptions = true,
    description = {
      "SIMULATION: runs real agents on dom0s that do not exist, until it is stopped.",
      "Guests swap in turn; disks saturate; priorities have the effect that each simulated disk's"
          + " scheduler gives them (every third: none at all)."
    })
final class SimulateCommand implements Callable<Integer> {
  private static final int MOST_HOSTS = 100;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private BusOptions busOptions = new BusOptions();
  @Mixin private StateOptions stateOptions = new StateOptions();
  @Mixin LogFormat logFormat = new LogFormat();
  @Mixin private MetricsOptions metricsOptions = new MetricsOptions();

  @Option(
      names = "--hosts",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many dom0s, 1 to 100 (default: ${DEFAULT-VALUE}).")
  private int hosts;

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      defaultValue = "1s",
      description = "Time between two samples (default: ${DEFAULT-VALUE}).")
  private String interval = "";

  @Option(
      names = "--calm",
      paramLabel = "TIME",
      defaultValue = "6s",
      description = "Calm before each storm (default: ${DEFAULT-VALUE}).")
  private String calm = "";

  @Option(
      names = "--storm",
      paramLabel = "TIME",
      defaultValue = "24s",
      description = "How long a guest swaps (default: ${DEFAULT-VALUE}).")
  private String storm = "";

  @Override
  public Integer call() {
    CommandOutput voice = CommandOutput.of(spec.commandLine(), false);
    List<String> problems = new ArrayList<>();
    if (hosts < 1 || hosts > MOST_HOSTS) {
      problems.add("--hosts: expected 1 to %d, found %d".formatted(MOST_HOSTS, hosts));
    }
    Optional<Duration> every = DurationText.parse("--interval", interval, problems);
    Optional<Duration> calmTime = DurationText.parse("--calm", calm, problems);
    Optional<Duration> stormTime = DurationText.parse("--storm", storm, problems);
    Optional<NatsSettings> bus = busOptions.settings(new HostId("simulation"), problems);
    Optional<InetSocketAddress> metrics = metricsOptions.address(problems);
    if (!problems.isEmpty() || bus.isEmpty()) {
      return voice.usageErrors(problems);
    }
    ReadResult<SimulatedFleet> made =
        SimulatedFleet.start(
            hosts,
            every.orElseThrow(),
            stateOptions.stateDir,
            host -> busOptions.settings(host, new ArrayList<>()).orElseThrow());
    if (!(made instanceof ReadResult.Present<SimulatedFleet>(SimulatedFleet fleet))) {
      return voice.failed(made.describe(), StateOptions.REMEDY);
    }
    ReadResult<MetricsServer> served =
        metrics
            .map(address -> metricsOptions.serve(address, fleet.agents()))
            .orElse(ReadResult.absent("--metrics"));
    if (served instanceof ReadResult.Failed<MetricsServer>(String why)) {
      fleet.stop();
      return voice.failed(why, "");
    }
    voice.err().println("SIMULATION: " + hosts + " dom0s that do not exist; stop it with Ctrl-C");
    try {
      run(fleet, calmTime.orElseThrow().toMillis(), stormTime.orElseThrow().toMillis());
    } catch (InterruptedException _) {
      // whoever runs it on a thread wants it to end; leases are ended first, which has to wait
    } finally {
      served.toOptional().ifPresent(MetricsServer::close);
      fleet.stop();
    }
    return ExitCodes.DONE;
  }

  private static void run(SimulatedFleet fleet, long calmMillis, long stormMillis)
      throws InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  fleet.stop();
                  ended.countDown();
                },
                "stop"));
    for (int round = 0; !ended.await(calmMillis, TimeUnit.MILLISECONDS); round++) {
      storms(fleet, round, true);
      if (ended.await(stormMillis, TimeUnit.MILLISECONDS)) {
        return;
      }
      storms(fleet, round, false);
    }
  }

  /** Two hosts next to each other, so that a listening and a deaf scheduler are seen together. */
  private static void storms(SimulatedFleet fleet, int round, boolean on) {
    fleet.storm(round, on);
    if (fleet.size() > 1) {
      fleet.storm(round + 1, on);
    }
  }
}
