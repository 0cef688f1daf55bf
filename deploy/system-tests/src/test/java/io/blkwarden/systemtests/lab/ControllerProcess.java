package io.blkwarden.systemtests.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A controller as a process, which can be killed. */
final class ControllerProcess {
  private final @Nullable Process process;

  private ControllerProcess(@Nullable Process process) {
    this.process = process;
  }

  /** Starts the packaged controller with one policy file. */
  static ControllerProcess start(String natsUrl, Path work, String policies) throws IOException {
    Path dir = Files.createDirectories(work.resolve("policies"));
    Files.writeString(dir.resolve("lab.yaml"), policies);
    Path jar = Path.of(System.getProperty("user.dir"), "../../controller/target/controller.jar");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-jar",
                jar.normalize().toString(),
                "controller",
                "--nats",
                natsUrl,
                "--policies",
                dir.toString(),
                "--http-port",
                "0")
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(work.resolve("controller.log").toFile()))
            .start();
    return new ControllerProcess(process);
  }

  /** No controller: nothing to kill or close. */
  static ControllerProcess none() {
    return new ControllerProcess(null);
  }

  /** Sends SIGKILL. */
  void kill() throws InterruptedException {
    if (process == null) {
      return;
    }
    process.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
  }
}
