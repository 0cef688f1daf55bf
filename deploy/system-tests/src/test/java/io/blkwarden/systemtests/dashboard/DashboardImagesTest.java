package io.blkwarden.systemtests.dashboard;

import static org.awaitility.Awaitility.await;

import io.blkwarden.controller.app.ControllerRuntime;
import io.blkwarden.controller.config.ControllerSettings;
import io.blkwarden.controller.config.NotifyFile;
import io.blkwarden.controller.engine.EngineSettings;
import io.blkwarden.controller.http.HttpSettings;
import io.blkwarden.controller.notify.settings.Secret;
import io.blkwarden.simulation.load.Main;
import io.blkwarden.systemtests.SimulatedAgents;
import io.blkwarden.systemtests.StormyFleet;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writes the images of docs/DASHBOARD.md; {@code deploy/dashboard-images} runs it. */
@Tag("images")
final class DashboardImagesTest {
  private static final Duration BOUND = Duration.ofMinutes(3);
  private static final long SHOWN_MS = Long.getLong("blkwarden.images.ms", 45_000);

  private final Path images = Path.of(System.getProperty("blkwarden.images", "."));
  private final Path folder;

  DashboardImagesTest(@TempDir Path folder) {
    this.folder = folder;
  }

  /** Uses a controller and a browser. */
  private interface Pictures {
    void take(Browser browser) throws Exception;
  }

  private void run(StormyFleet fleet, Pictures pictures) throws Exception {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    ControllerSettings settings =
        new ControllerSettings(
            fleet.bus(),
            fleet.policies(),
            null,
            new HttpSettings(address, Set.of(), null, null),
            new Secret("0123456789abcdef0123"),
            NotifyFile.NONE,
            ControllerSettings.METRICS_DISKS);
    ControllerRuntime controller = ControllerRuntime.start(settings, EngineSettings.DEFAULT);
    String site = "http://127.0.0.1:" + controller.httpPort().orElseThrow();
    try (Browser browser = new Browser(folder.resolve("profile"), site)) {
      browser.open("/");
      pictures.take(browser);
    } finally {
      controller.close();
    }
  }

  private void picture(Browser browser, String name) throws IOException {
    browser.picture(images.resolve(name + ".png"));
  }

  /** Lets the charts fill. */
  private static void settle(long millis) {
    await()
        .pollDelay(Duration.ofMillis(millis))
        .atMost(Duration.ofMillis(2 * millis))
        .until(() -> true);
  }

  @Test
  void threeHosts() throws Exception {
    try (StormyFleet fleet = new StormyFleet(folder)) {
      run(
          fleet,
          browser -> {
            try (SimulatedAgents _ = fleet.start()) {
              browser.shows("vm101", "idle");
              settle(SHOWN_MS);
              browser.size(1300, 1400);
              picture(browser, "dashboard");
              browser.emulate("dark");
              browser.open("/#/host/sim-1");
              browser.shows("scheduler");
              settle(2_000);
              picture(browser, "dashboard-host");
              browser.open("/#/alerts");
              picture(browser, "dashboard-alerts");
              browser.click("[aria-label=Alerts] a[title*=vm101]");
              browser.shows("Before and after", "decided to throttle");
              settle(2_000);
              picture(browser, "dashboard-alert");
              browser.emulate("light");
              browser.open("/#/policies");
              browser.shows("Safety limits");
              picture(browser, "dashboard-policies");
            }
          });
    }
  }

  @Test
  void sixtyHosts() throws Exception {
    try (StormyFleet fleet = new StormyFleet(folder)) {
      run(
          fleet,
          browser -> {
            try (SimulatedAgents _ = fleet.start(60)) {
              browser.shows("60 of 60", "vm101");
              settle(SHOWN_MS);
              browser.emulate("dark");
              browser.size(1300, 1400);
              settle(1_000);
              picture(browser, "dashboard-60");
              browser.size(500, 1000);
              settle(1_000);
              picture(browser, "dashboard-phone");
            }
          });
    }
  }

  @Test
  void oneThousandHosts() throws Exception {
    try (StormyFleet fleet = new StormyFleet(folder)) {
      run(
          fleet,
          browser -> {
            ProcessBuilder hosts =
                new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--sun-misc-unsafe-memory-access=allow",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Main.class.getName(),
                    "1000",
                    "10",
                    "600",
                    "0",
                    "50");
            hosts.environment().put("NATS_URL", fleet.url());
            Process load = hosts.redirectErrorStream(true).inheritIO().start();
            try {
              await("hosts").atMost(BOUND).until(() -> browser.text().contains("1000 of 1000"));
              settle(SHOWN_MS);
              browser.size(1300, 1400);
              settle(1_000);
              picture(browser, "dashboard-1000");
            } finally {
              load.destroyForcibly().onExit().join();
            }
          });
    }
  }
}
