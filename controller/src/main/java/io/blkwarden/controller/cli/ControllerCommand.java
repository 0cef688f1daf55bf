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
import io.blkwarden.controller.http.Tls;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.paging.Secret;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The service. */
@Command(
    name = "controller",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the controller until it is stopped.",
      "Starts without NATS too, and works as soon as it is there. Of several controllers one"
          + " commands; another takes over 15 s at most after it died, at once when it stops."
    })
final class ControllerCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(ControllerCommand.class);

  /** Twice that, and some seconds, is what its unit gives it to stop. */
  private static final Duration STOP = Duration.ofSeconds(8);

  /** The {@code contextName} in logback.xml. */
  private static final String LOG_CONTEXT = "blkwarden";

  private static final int MAX_PORT = 65_535;
  private static final int MAX_METRICS_DISKS = 10_000;

  private final CommandContext context;

  @Mixin NatsOptions nats = new NatsOptions();
  @Mixin LogFormat logFormat = new LogFormat();

  @Option(
      names = "--policies",
      paramLabel = "DIR",
      description =
          "Folder of policy files, watched; without a valid one the controller never leads.")
  @Nullable Path policies;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Plan, owner and protection of domains, for policies to select by; watched.")
  @Nullable Path labels;

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      defaultValue = "8087",
      description =
          "Port for dashboard, health and metrics; 0 for any free one. Default ${DEFAULT-VALUE}.")
  int httpPort = 8087;

  @Option(names = "--no-http", description = "Serve no HTTP.")
  boolean noHttp;

  @Option(
      names = "--http-host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "Address to serve them on. Default ${DEFAULT-VALUE}.")
  String httpHost = "127.0.0.1";

  @Option(
      names = "--http-name",
      paramLabel = "NAME",
      description =
          "Name under which browsers and programs reach it, besides localhost and addresses; may"
              + " be given several times.")
  List<String> httpNames = new ArrayList<>();

  @Option(
      names = "--http-tls-cert",
      paramLabel = "FILE",
      description = "Certificate chain in PEM; with --http-tls-key it is served by HTTPS.")
  @Nullable Path httpTlsCert;

  @Option(
      names = "--http-tls-key",
      paramLabel = "FILE",
      description = "Its private key, PKCS #8 in PEM, not encrypted.")
  @Nullable Path httpTlsKey;

  @Option(
      names = "--instance",
      paramLabel = "NAME",
      defaultValue = "controller",
      description = "Name of this controller in its claim and commands. Default ${DEFAULT-VALUE}.")
  String instance = "controller";

  @Option(
      names = "--above-epoch",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Commands with an epoch above N, so that agents obey that refuse this controller as"
              + " stale; /readyz names N. Default ${DEFAULT-VALUE}.")
  long aboveEpoch;

  @Option(
      names = "--replicas",
      paramLabel = "N|auto",
      defaultValue = "auto",
      description =
          "How many NATS servers keep a copy of each stream and bucket: 1, 3 or 5, or auto: 3 in a"
              + " cluster that can, else 1. Streams that exist are changed to N. Default"
              + " ${DEFAULT-VALUE}.")
  String replicas = "auto";

  @Option(
      names = "--effect-window",
      paramLabel = "TIME",
      defaultValue = "10s",
      converter = DurationText.class,
      description =
          "How long a disk is measured before and after a throttle, to judge what it changed."
              + " Default ${DEFAULT-VALUE}.")
  Duration effectWindow = Duration.ofSeconds(10);

  @Option(
      names = "--effect-settle",
      paramLabel = "TIME",
      defaultValue = "5s",
      converter = DurationText.class,
      description = "Time after a throttle that is not judged. Default ${DEFAULT-VALUE}.")
  Duration effectSettle = Duration.ofSeconds(5);

  @Option(
      names = "--http-token-file",
      paramLabel = "FILE",
      description =
          "Token with which people approve, deny and release over HTTP, mode 0600; without it"
              + " nobody does.")
  @Nullable Path httpTokenFile;

  @Option(
      names = "--notify",
      paramLabel = "FILE",
      description = "Whom to page: Alertmanagers and webhooks; without it nobody.")
  @Nullable Path notify;

  @Option(
      names = "--metrics-disks",
      paramLabel = "N|all",
      defaultValue = "20",
      description =
          "How many disks have metrics of their own: those that take most of their devices, 0 to"
              + " 10000, or all. Default ${DEFAULT-VALUE}.")
  String metricsDisks = String.valueOf(ControllerSettings.METRICS_DISKS);

  ControllerCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    FatalErrors.endTheProcess();
    ControllerSettings settings = settings();
    EngineSettings steps = stepSettings();
    NatsSettings bus = settings.bus();
    LogQueue.install(LOG_CONTEXT); // the engine runs, whether or not the log is read
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
      runtime = ControllerRuntime.start(settings, steps);
    } catch (RuntimeException e) {
      LogQueue.drain();
      return context.failed(
          "cannot serve http on %s:%d (%s)".formatted(httpHost, httpPort, e.getMessage()),
          httpTlsCert == null
              ? "choose another --http-port, or --no-http"
              : "see that --http-tls-cert and --http-tls-key are one pair in PEM, the key in PKCS"
                  + " #8 and not encrypted, and that --http-port is free");
    }
    Supervisor supervisor = Supervisor.of(System.getenv(), ProcessHandle.current().pid());
    ServiceNotices.begin(runtime, supervisor);
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
    CompletableFuture<@Nullable Throwable> broken = runtime.broken().toFuture();
    var _ = broken.thenRun(stopped::countDown);
    CountDownLatch halted = new CountDownLatch(1);
    haltIfBroken(broken, halted);
    stopped.await();
    return broken.isDone() ? ExitCodes.FAILED : ExitCodes.DONE;
  }

  /** Ends the process where an orderly end takes too long: what broke may be needed for it. */
  private static void haltIfBroken(
      CompletableFuture<@Nullable Throwable> broken, CountDownLatch never) {
    Thread guard =
        new Thread(
            () -> {
              Throwable fault = Objects.requireNonNull(broken.join());
              try {
                boolean _ = never.await(3 * STOP.toSeconds(), TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              FatalErrors.end("engine", fault);
            },
            "blkwarden-end");
    guard.setDaemon(true);
    guard.start();
  }

  private ControllerSettings settings() {
    Path folder = policies;
    if (folder != null && !Files.isDirectory(folder)) {
      throw new UsageException(
          "--policies: %s is not a folder: create it, or name another".formatted(folder));
    }
    Path labelsFile = labels;
    if (labelsFile != null && (folder == null || !Files.isRegularFile(labelsFile))) {
      throw new UsageException(
          "--labels: expected a file beside --policies DIR, found %s"
              .formatted(folder == null ? "no --policies" : labelsFile));
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
      throw new UsageException(
          "--http-host: '%s' is no address of this machine".formatted(httpHost));
    }
    return new ControllerSettings(
        bus(),
        folder,
        labelsFile,
        http == null ? null : new HttpSettings(http, Set.copyOf(names), tls()),
        token(),
        pages(),
        metricsDisks());
  }

  private NatsSettings bus() {
    NatsSettings plain = nats.settings(context, instance);
    if (!replicas.matches("auto|[135]")) {
      throw new UsageException(
          "--replicas: expected 1, 3, 5 or auto, found '%s'".formatted(replicas));
    }
    int count = replicas.equals("auto") ? 0 : Integer.parseInt(replicas);
    return UsageException.wrap(() -> plain.above(aboveEpoch).replicated(count));
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

  private @Nullable Tls tls() {
    Path chain = httpTlsCert;
    Path key = httpTlsKey;
    if (chain == null && key == null) {
      return null;
    }
    if (chain == null || key == null) {
      throw new UsageException(
          "--http-tls-cert and --http-tls-key: expected both, found one of them");
    }
    for (Path file : List.of(chain, key)) {
      if (!Files.isReadable(file)) {
        throw new UsageException(
            "--http-tls-cert, --http-tls-key: %s cannot be read".formatted(file));
      }
    }
    return new Tls(chain, key);
  }

  private @Nullable Secret token() {
    Path file = httpTokenFile;
    try {
      return file == null ? null : SecretFile.read(file);
    } catch (SecretFile.Unfit e) {
      throw new UsageException("--http-token-file: " + e.getMessage());
    }
  }

  private NotifyFile pages() {
    Path file = notify;
    NotifyFile read = file == null ? NotifyFile.NOBODY : NotifyFile.read(file);
    if (!read.problems().isEmpty()) {
      throw new UsageException("--notify:%n%s".formatted(String.join("\n", read.problems())));
    }
    return read;
  }

  private EngineSettings stepSettings() {
    EngineSettings normal = EngineSettings.DEFAULT;
    try {
      return new EngineSettings(
          effectWindow.toMillis(),
          effectSettle.toMillis(),
          normal.silentIntervals(),
          normal.snapshotRetryMillis(),
          normal.commandExpiresMillis(),
          normal.answerMillis(),
          normal.attempts(),
          normal.restMillis(),
          normal.harmRestMillis(),
          normal.rejudgeMillis(),
          normal.swapRejudgeMillis(),
          normal.pendingAsksMax());
    } catch (IllegalArgumentException e) {
      throw new UsageException("--effect-window or --effect-settle: " + e.getMessage());
    }
  }
}
