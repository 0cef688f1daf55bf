package io.blkwarden.controller.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.controller.Main;
import io.blkwarden.testing.NatsServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Controllers of a fleet as processes, which throttle a {@link SwapStorm}. */
public final class ControllerProcesses implements AutoCloseable {
  private static final Duration BOUND = Duration.ofSeconds(90);
  private static final String LEADS = "became leader";

  private final Path folder;
  private final NatsServer server;
  private final List<Process> processes = new ArrayList<>();

  /**
   * Starts no controller.
   *
   * @param folder for policies and logs
   */
  public ControllerProcesses(Path folder, NatsServer server) throws IOException {
    this.folder = folder;
    this.server = server;
    Files.createDirectory(folder.resolve("policies"));
    SwapStorm.in(folder.resolve("policies"));
  }

  private Path log(String instance) {
    return folder.resolve(instance + ".log");
  }

  /** Starts a controller. */
  public Process start(String instance) throws IOException {
    return start(instance, server.url());
  }

  /** Starts a controller with this NATS URL. */
  public Process start(String instance, String nats) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                // the installed log configuration, not that of tests
                "-Dlogback.configurationFile=" + Path.of("src/main/resources/logback.xml"),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "controller",
                "--nats=" + nats,
                "--instance=" + instance,
                "--policies=" + folder.resolve("policies"),
                "--no-http")
            .redirectErrorStream(true)
            .redirectOutput(log(instance).toFile())
            .start();
    processes.add(process);
    return process;
  }

  /** Stops a controller gracefully. */
  public void stop(Process process) throws InterruptedException {
    process.destroy();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("stopped gracefully").isTrue();
  }

  /** Sends a signal, such as {@code -STOP}. */
  public void signal(Process process, String signal) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start();
    assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(kill.exitValue()).isZero();
  }

  /** Whether its log contains this text. */
  public boolean logged(String instance, String text) throws IOException {
    return Files.readString(log(instance), UTF_8).contains(text);
  }

  /** Whether it has ever led. */
  public boolean leads(String instance) throws IOException {
    return logged(instance, LEADS);
  }

  /** Waits until it leads. */
  public void awaitLeads(String instance) {
    await(instance + " leads").atMost(BOUND).until(() -> leads(instance));
  }

  /** Whether it has ever seen that the other controller leads. */
  public boolean follows(String instance, String leader) throws IOException {
    return logged(instance, "standby: controller " + leader + " leads");
  }

  /** Waits until it sees that another controller leads. */
  public void awaitFollows(String instance, String leader) {
    await(instance + " follows " + leader).atMost(BOUND).until(() -> follows(instance, leader));
  }

  @Override
  public void close() {
    processes.forEach(each -> each.destroyForcibly().onExit().join());
  }
}
