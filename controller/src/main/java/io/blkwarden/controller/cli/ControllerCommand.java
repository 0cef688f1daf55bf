package io.blkwarden.controller.cli;

import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.log.LogFormat;
import io.blkwarden.commandline.log.LogQueue;
import io.blkwarden.commandline.service.FatalErrors;
import io.blkwarden.commandline.service.Supervisor;
import io.blkwarden.controller.app.ControllerRuntime;
import io.blkwarden.controller.config.ControllerSettings;
import io.blkwarden.controller.config.NotifyFile;
import io.blkwarden.controller.config.SecretFile;
import io.blkwarden.controller.engine.EngineSettings;
import io.blkwarden.controller.http.HttpSettings;
import io.blkwarden.controller.http.Readiness;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.notify.settings.Secret;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the controller. */
@Command(
    name = "controller",
    description = {
      "Runs the controller until it is stopped.",
      "Starts even if NATS is unreachable, and connects when it becomes available. Of several"
          + " controllers one leads; a standby takes over within 15 s if it dies, and at once if it"
          + " stops."
    })
final class ControllerCommand extends CliCommand {
  private static final Logger log = LoggerFactory.getLogger(ControllerCommand.class);

  /** Time to stop; the unit file allows twice that and a few seconds more. */
  private static final Duration STOP = Duration.ofSeconds(8);

  /** How long a start waits for NATS. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** The {@code contextName} in logback.xml. */
  private static final String LOG_CONTEXT = "blkwarden";

  private static final int MAX_PORT = 65_535;
  private static final String HOST_NAME = "[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?";

  @Mixin NatsOptions nats = new NatsOptions();
  @Mixin LogFormat logFormat = new LogFormat();

  @Option(
      names = "--policies",
      paramLabel = "DIR",
      description = "Directory of policy files, reloaded on change; required to lead.")
  @Nullable Path policies;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Labels file: plan, owner and protection of domains; reloaded on change.")
  @Nullable Path labels;

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description = "Port of dashboard and metrics; 0 for a free one (default: ${DEFAULT-VALUE}).")
  int httpPort = 8087;

  @Option(names = "--no-http", description = "Disable HTTP.")
  boolean noHttp;

  @Option(
      names = "--http-host",
      paramLabel = "ADDRESS",
      description = "HTTP listen address (default: ${DEFAULT-VALUE}).")
  String httpHost = "127.0.0.1";

  @Option(
      names = "--http-name",
      paramLabel = "NAME",
      description = "Accept this name in the Host header of requests; repeatable.")
  List<String> httpNames = new ArrayList<>();

  @Option(
      names = "--grafana-url",
      paramLabel = "URL",
      description = "Grafana dashboard to link to for older data.")
  @Nullable URI grafanaUrl;

  @Option(
      names = "--http-tls-cert",
      paramLabel = "FILE",
      description = "Certificate chain (PEM); enables HTTPS. Requires --http-tls-key.")
  @Nullable Path httpTlsCert;

  @Option(
      names = "--http-tls-key",
      paramLabel = "FILE",
      description = "Private key (PEM, PKCS #8, unencrypted).")
  @Nullable Path httpTlsKey;

  @Option(
      names = "--instance",
      paramLabel = "NAME",
      description = "Name of this controller, unique in the fleet (default: ${DEFAULT-VALUE}).")
  String instance = "controller";

  @Option(
      names = "--above-epoch",
      paramLabel = "N",
      description =
          "Lead with an epoch above N, if agents refuse this controller as stale; /readyz shows N"
              + " (default: ${DEFAULT-VALUE}).")
  long aboveEpoch;

  @Option(
      names = "--replicas",
      paramLabel = "N|auto",
      description =
          "Replicas of each JetStream stream and bucket, existing ones included: 1, 3 or 5; auto: 3"
              + " in a cluster of at least 3 servers, else 1 (default: ${DEFAULT-VALUE}).")
  String replicas = "auto";

  @Option(
      names = "--effect-window",
      paramLabel = "TIME",
      defaultValue = "10s",
      description = "Time measured before and after a throttle (default: ${DEFAULT-VALUE}).")
  Duration effectWindow = Duration.ofSeconds(10);

  @Option(
      names = "--effect-settle",
      paramLabel = "TIME",
      defaultValue = "5s",
      description = "Time after a throttle that is not measured (default: ${DEFAULT-VALUE}).")
  Duration effectSettle = Duration.ofSeconds(5);

  @Option(
      names = "--http-token-file",
      paramLabel = "FILE",
      description = "Bearer token, mode 0600; enables HTTP actions (approve, deny, release).")
  @Nullable Path httpTokenFile;

  @Option(
      names = "--notify",
      paramLabel = "FILE",
      description = "Notification receivers: Alertmanagers and webhooks (default: none).")
  @Nullable Path notify;

  @Option(
      names = "--metrics-disks",
      paramLabel = "N|all",
      description =
          "Busiest disks with own metrics: 0 to 10000, or all (default: ${DEFAULT-VALUE}).")
  String metricsDisks = String.valueOf(ControllerSettings.METRICS_DISKS);

  @Override
  public Integer call() throws InterruptedException {
    FatalErrors.endTheProcess();
    ControllerSettings settings = settings();
    EngineSettings engine = engineSettings();
    NatsSettings bus = settings.bus();
    LogQueue.install(LOG_CONTEXT); // a blocked log must not block the engine
    log.info(
        "settings: nats={} prefix={} instance={} policies={} labels={} http={}",
        bus.printableServers(),
        bus.subjects().prefix(),
        bus.instance(),
        settings.policies(),
        settings.labels(),
        settings.http());
    ControllerRuntime runtime;
    try {
      runtime = ControllerRuntime.start(settings, engine);
    } catch (RuntimeException e) {
      LogQueue.drain();
      return context.failed(
          "cannot serve HTTP on %s:%d: %s".formatted(httpHost, httpPort, e.getMessage()),
          httpTlsCert == null
              ? "choose another --http-port, or --no-http"
              : "check that --http-tls-cert and --http-tls-key match (PEM; the key in PKCS #8,"
                  + " unencrypted), and that --http-port is free");
    }
    Supervisor supervisor = Supervisor.of(System.getenv(), ProcessHandle.current().pid());
    report(runtime, supervisor);
    CountDownLatch stopped = new CountDownLatch(1);
    Thread hook =
        new Thread(
            () -> {
              supervisor.stopping().ifPresent(why -> log.warn("service manager: {}", why));
              boolean _ = runtime.stop(STOP);
              stopped.countDown();
              LogQueue.drain();
            },
            "blkwarden-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    CompletableFuture<@Nullable Throwable> failure = runtime.failure().toFuture();
    var _ = failure.thenRun(stopped::countDown);
    haltAfter(failure);
    stopped.await();
    return failure.isDone() ? ExitCodes.FAILED : ExitCodes.DONE;
  }

  /** Halts the process if it does not exit in time after the engine failed. */
  private static void haltAfter(CompletableFuture<@Nullable Throwable> failure) {
    Thread.ofPlatform()
        .daemon()
        .name("blkwarden-end")
        .start(() -> {
          Throwable cause = Objects.requireNonNull(failure.join());
          LockSupport.parkNanos(3 * STOP.toNanos());
          FatalErrors.end("engine", cause);
        });
  }

  /**
   * Reports the state to the service manager every second while the engine works. The controller is
   * reported as started once it knows whether it leads, or after {@link #PATIENCE}, so that a start
   * does not wait for NATS.
   */
  private static void report(ControllerRuntime controller, Supervisor supervisor) {
    if (!supervisor.listens()) {
      return;
    }
    Instant patience = Instant.now().plus(PATIENCE);
    controller.reportReadiness(
        Duration.ofSeconds(1),
        readiness -> {
          boolean waiting = !controller.leadershipKnown() && Instant.now().isBefore(patience);
          String status = status(readiness);
          (waiting ? supervisor.status(status) : supervisor.working(status))
              .ifPresent(why -> log.warn("service manager: {}", why));
        });
  }

  /** The status as one line. */
  static String status(Readiness readiness) {
    if (!readiness.blockers().isEmpty()) {
      return "not ready: " + String.join("; ", readiness.blockers());
    }
    return readiness.warnings().isEmpty()
        ? "leader"
        : "leader; " + String.join("; ", readiness.warnings());
  }

  private ControllerSettings settings() {
    require(
        policies == null || Files.isDirectory(policies),
        "--policies: expected a directory, found %s".formatted(policies));
    require(labels == null || policies != null, "--labels: requires --policies");
    require(
        labels == null || Files.isRegularFile(labels),
        "--labels: expected a file, found %s".formatted(labels));
    return new ControllerSettings(
        natsSettings(),
        policies,
        labels,
        noHttp ? null : http(),
        token(),
        notifyFile(),
        metricsDisks());
  }

  private HttpSettings http() {
    require(
        httpPort >= 0 && httpPort <= MAX_PORT,
        ("--http-port: expected 0 to " + MAX_PORT + ", found %d").formatted(httpPort));
    for (String name : httpNames) {
      require(
          name.matches(HOST_NAME),
          "--http-name: expected a host name without port, found '%s'".formatted(name));
    }
    InetSocketAddress address = new InetSocketAddress(httpHost, httpPort);
    require(!address.isUnresolved(), "--http-host: cannot resolve '%s'".formatted(httpHost));
    require(
        grafanaUrl == null || String.valueOf(grafanaUrl.getScheme()).matches("https?"),
        "--grafana-url: expected an http or https URL, found '%s'".formatted(grafanaUrl));
    Set<String> names =
        httpNames.stream().map(each -> each.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
    return new HttpSettings(address, names, tls(), grafanaUrl);
  }

  private NatsSettings natsSettings() {
    NatsSettings plain = nats.settings(instance);
    require(
        replicas.matches("auto|[135]"),
        "--replicas: expected 1, 3, 5 or auto, found '%s'".formatted(replicas));
    int count = replicas.equals("auto") ? 0 : Integer.parseInt(replicas);
    return made(() -> plain.with(aboveEpoch, count));
  }

  private int metricsDisks() {
    require(
        metricsDisks.matches("\\d{1,4}|10000|all"),
        "--metrics-disks: expected 0 to 10000, or all, found '%s'".formatted(metricsDisks));
    return metricsDisks.equals("all") ? Integer.MAX_VALUE : Integer.parseInt(metricsDisks);
  }

  private HttpSettings.@Nullable Tls tls() {
    if (httpTlsCert == null && httpTlsKey == null) {
      return null;
    }
    if (httpTlsCert == null || httpTlsKey == null) {
      throw new UsageException("--http-tls-cert and --http-tls-key: expected both or none");
    }
    for (Path file : List.of(httpTlsCert, httpTlsKey)) {
      require(
          Files.isReadable(file),
          "--http-tls-cert, --http-tls-key: cannot read %s".formatted(file));
    }
    return new HttpSettings.Tls(httpTlsCert, httpTlsKey);
  }

  private @Nullable Secret token() {
    try {
      return httpTokenFile == null ? null : SecretFile.read(httpTokenFile);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--http-token-file: " + e.getMessage());
    }
  }

  private NotifyFile notifyFile() {
    NotifyFile file = notify == null ? NotifyFile.NONE : NotifyFile.read(notify);
    require(
        file.problems().isEmpty(), "--notify:%n%s".formatted(String.join("\n", file.problems())));
    return file;
  }

  private EngineSettings engineSettings() {
    EngineSettings defaults = EngineSettings.DEFAULT;
    try {
      return new EngineSettings(
          effectWindow.toMillis(),
          effectSettle.toMillis(),
          defaults.silentIntervals(),
          defaults.commandExpiresMillis());
    } catch (IllegalArgumentException e) {
      throw new UsageException("--effect-window or --effect-settle: " + e.getMessage());
    }
  }
}
