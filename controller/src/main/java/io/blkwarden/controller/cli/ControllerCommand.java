package io.blkwarden.controller.cli;

import io.blkwarden.commandline.DurationText;
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
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.notify.settings.Secret;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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

  /** The {@code contextName} in logback.xml. */
  private static final String LOG_CONTEXT = "blkwarden";

  private static final int MAX_PORT = 65_535;
  private static final int MAX_METRICS_DISKS = 10_000;

  @Mixin NatsOptions nats = new NatsOptions();
  @Mixin LogFormat logFormat = new LogFormat();

  @Option(
      names = "--policies",
      paramLabel = "DIR",
      description =
          "Directory of policy files, reloaded on change. Without a valid file the controller does"
              + " not lead.")
  @Nullable Path policies;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Labels of domains (plan, owner, protection) for policies; reloaded on change.")
  @Nullable Path labels;

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description =
          "Port of dashboard, health checks and metrics; 0 picks a free one. Default"
              + " ${DEFAULT-VALUE}.")
  int httpPort = 8087;

  @Option(names = "--no-http", description = "Disable HTTP.")
  boolean noHttp;

  @Option(
      names = "--http-host",
      paramLabel = "ADDRESS",
      description = "HTTP listen address. Default ${DEFAULT-VALUE}.")
  String httpHost = "127.0.0.1";

  @Option(
      names = "--http-name",
      paramLabel = "NAME",
      description =
          "Host name to accept in HTTP requests, besides localhost and IP addresses; repeatable.")
  List<String> httpNames = new ArrayList<>();

  @Option(
      names = "--grafana-url",
      paramLabel = "URL",
      description = "Link of the dashboard to a Grafana dashboard with older data.")
  @Nullable URI grafanaUrl;

  @Option(
      names = "--http-tls-cert",
      paramLabel = "FILE",
      description = "Certificate chain (PEM); with --http-tls-key, serve HTTPS.")
  @Nullable Path httpTlsCert;

  @Option(
      names = "--http-tls-key",
      paramLabel = "FILE",
      description = "Private key (PEM, PKCS #8, unencrypted).")
  @Nullable Path httpTlsKey;

  @Option(
      names = "--instance",
      paramLabel = "NAME",
      description = "Name of this controller, unique among controllers. Default ${DEFAULT-VALUE}.")
  String instance = "controller";

  @Option(
      names = "--above-epoch",
      paramLabel = "N",
      description =
          "Lead with an epoch above N, for agents that refuse this controller as stale; /readyz"
              + " shows N. Default ${DEFAULT-VALUE}.")
  long aboveEpoch;

  @Option(
      names = "--replicas",
      paramLabel = "N|auto",
      description =
          "Replicas of each JetStream stream and bucket: 1, 3, 5, or auto: 3 in a cluster of at"
              + " least 3 servers, else 1. Existing streams are changed to N. Default"
              + " ${DEFAULT-VALUE}.")
  String replicas = "auto";

  @Option(
      names = "--effect-window",
      paramLabel = "TIME",
      defaultValue = "10s",
      description =
          "Measuring time before and after a throttle, to determine its effect. Default"
              + " ${DEFAULT-VALUE}.")
  Duration effectWindow = Duration.ofSeconds(10);

  @Option(
      names = "--effect-settle",
      paramLabel = "TIME",
      defaultValue = "5s",
      description = "Time after a throttle that is not measured. Default ${DEFAULT-VALUE}.")
  Duration effectSettle = Duration.ofSeconds(5);

  @Option(
      names = "--http-token-file",
      paramLabel = "FILE",
      description =
          "Bearer token for HTTP actions (approve, deny, release), mode 0600. Default: HTTP actions"
              + " are disabled.")
  @Nullable Path httpTokenFile;

  @Option(
      names = "--notify",
      paramLabel = "FILE",
      description = "Alertmanagers and webhooks to notify. Default: none.")
  @Nullable Path notify;

  @Option(
      names = "--metrics-disks",
      paramLabel = "N|all",
      description =
          "Number of disks with metrics of their own, those with the largest share of device time"
              + " first: 0 to 10000, or all. Default ${DEFAULT-VALUE}.")
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
    ServiceNotices.start(runtime, supervisor);
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
    CountDownLatch never = new CountDownLatch(1);
    Thread.ofPlatform()
        .daemon()
        .name("blkwarden-end")
        .start(() -> {
          Throwable cause = Objects.requireNonNull(failure.join());
          try {
            boolean _ = never.await(3 * STOP.toSeconds(), TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          FatalErrors.end("engine", cause);
        });
  }

  private ControllerSettings settings() {
    if (policies != null && !Files.isDirectory(policies)) {
      throw new UsageException(
          "--policies: %s is not a directory: create it, or name another".formatted(policies));
    }
    if (labels != null && (policies == null || !Files.isRegularFile(labels))) {
      throw new UsageException(
          "--labels: expected a file, together with --policies; found %s"
              .formatted(policies == null ? "no --policies" : labels));
    }
    if (httpPort < 0 || httpPort > MAX_PORT) {
      throw new UsageException(
          "--http-port: expected 0 to %d, found %d".formatted(MAX_PORT, httpPort));
    }
    InetSocketAddress http = noHttp ? null : new InetSocketAddress(httpHost, httpPort);
    Set<String> names = new TreeSet<>();
    for (String name : httpNames) {
      if (!name.matches("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")) {
        throw new UsageException(
            "--http-name: expected a host name without port, found '%s'".formatted(name));
      }
      names.add(name.toLowerCase(Locale.ROOT));
    }
    if (http != null && http.isUnresolved()) {
      throw new UsageException("--http-host: cannot resolve '%s'".formatted(httpHost));
    }
    return new ControllerSettings(
        natsSettings(),
        policies,
        labels,
        http == null ? null : new HttpSettings(http, Set.copyOf(names), tls(), grafana()),
        token(),
        notifyFile(),
        metricsDisks());
  }

  private NatsSettings natsSettings() {
    NatsSettings plain = nats.settings(instance);
    if (!replicas.matches("auto|[135]")) {
      throw new UsageException(
          "--replicas: expected 1, 3, 5 or auto, found '%s'".formatted(replicas));
    }
    int count = replicas.equals("auto") ? 0 : Integer.parseInt(replicas);
    return UsageException.wrap(() -> plain.with(aboveEpoch, count));
  }

  private int metricsDisks() {
    if (metricsDisks.equals("all")) {
      return Integer.MAX_VALUE;
    }
    if (!metricsDisks.matches("\\d{1,5}") || Integer.parseInt(metricsDisks) > MAX_METRICS_DISKS) {
      throw new UsageException(
          "--metrics-disks: expected 0 to %d, or all, found '%s'"
              .formatted(MAX_METRICS_DISKS, metricsDisks));
    }
    return Integer.parseInt(metricsDisks);
  }

  private @Nullable URI grafana() {
    URI url = grafanaUrl;
    if (url != null && !("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
      throw new UsageException(
          "--grafana-url: expected an http or https URL, found '%s'".formatted(url));
    }
    return url;
  }

  private HttpSettings.@Nullable Tls tls() {
    if (httpTlsCert == null && httpTlsKey == null) {
      return null;
    }
    if (httpTlsCert == null || httpTlsKey == null) {
      throw new UsageException("--http-tls-cert and --http-tls-key: expected both, found only one");
    }
    for (Path file : List.of(httpTlsCert, httpTlsKey)) {
      if (!Files.isReadable(file)) {
        throw new UsageException(
            "--http-tls-cert, --http-tls-key: %s cannot be read".formatted(file));
      }
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
    if (!file.problems().isEmpty()) {
      throw new UsageException("--notify:%n%s".formatted(String.join("\n", file.problems())));
    }
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
