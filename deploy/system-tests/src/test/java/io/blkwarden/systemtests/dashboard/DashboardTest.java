package io.blkwarden.systemtests.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.controller.app.ControllerRuntime;
import io.blkwarden.controller.config.ControllerSettings;
import io.blkwarden.controller.config.NotifyFile;
import io.blkwarden.controller.engine.EngineSettings;
import io.blkwarden.controller.http.HttpSettings;
import io.blkwarden.controller.notify.settings.Secret;
import io.blkwarden.model.HostId;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.systemtests.SimulatedAgents;
import io.blkwarden.systemtests.StormyFleet;
import io.blkwarden.systemtests.monitoring.Checkout;
import io.nats.client.Connection;
import io.nats.client.Nats;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The dashboard of a controller with simulated dom0s, one of which swaps, in Chromium. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class DashboardTest {
  private static final Duration BOUND = Duration.ofSeconds(90);
  private static final String TOKEN = "0123456789abcdef0123";

  private final StormyFleet fleet;
  private SimulatedAgents agents;
  private ControllerRuntime controller;
  private final Browser browser;

  DashboardTest(@TempDir Path folder) throws IOException {
    fleet = new StormyFleet(folder);
    controller = controller(0);
    int port = controller.httpPort().orElseThrow();
    browser = new Browser(folder.resolve("profile"), "http://127.0.0.1:" + port);
  }

  private ControllerRuntime controller(int port) {
    return ControllerRuntime.start(
        new ControllerSettings(
            fleet.bus(),
            fleet.policies(),
            null,
            new HttpSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                Set.of(),
                null,
                null),
            new Secret(TOKEN),
            NotifyFile.NONE,
            ControllerSettings.METRICS_DISKS),
        EngineSettings.DEFAULT);
  }

  @BeforeAll
  void start() {
    agents = fleet.start();
    browser.open("/");
  }

  @AfterEach
  void browserReportsNoErrors() {
    assertThat(browser.consoleErrors()).isEmpty();
  }

  @AfterAll
  void stop() throws Exception {
    agents.close();
    browser.close();
    controller.close();
    fleet.close();
  }

  @Test
  @Order(1)
  void showsTheFleetAsItChanges() {
    browser.shows("Fleet", "sim-1", "Throttled now", "vm101", "idle", "swap-storm");
    String before = browser.find(".link").getText();
    await("the clock of the page")
        .atMost(BOUND)
        .until(() -> !browser.find(".link").getText().equals(before));
    assertThat(browser.count(".chart canvas")).isPositive();
    browser.hover(".u-over");
    await("the time and value under the pointer")
        .atMost(BOUND)
        .until(() -> browser.find(".chart .at").getText().matches("\\d\\d:\\d\\d:\\d\\d +\\S+.*"));
  }

  @Test
  @Order(2)
  void showsAHostAndADomain() {
    browser.click("a[href='#/host/sim-1']");
    browser.shows("Disks by share of device time", "1.xvda2-0", "scheduler", "vm102", "reporting");
    assertThat(browser.count(".bar")).isPositive();
    browser.type("input[type=search]", "vm102");
    await("the matching rows")
        .atMost(BOUND)
        .until(() -> browser.count("[aria-label=Disks] tbody tr:not(.pad)") == 2);
    browser.click("[aria-label=Disks] a[href*='/domain/']");
    browser.shows("vm102 on sim-1", "domid", "Last 24 hours");
  }

  @Test
  @Order(3)
  void showsWhyAnAlertWasRaised() {
    browser.open("/#/alerts");
    browser.click("[aria-label=Alerts] a[title*=vm101]");
    browser.shows("swap-storm", "Before and after", "Condition", "decided to throttle vm101");
    assertThat(browser.count(".chart canvas")).isPositive();
    browser.open("/#/policies");
    browser.shows("ask-first", "approve", "Last decisions");
  }

  @Test
  @Order(3)
  void findsDisksOfTheFleet() {
    browser.open("/#/");
    browser.type("input.search", "VM102");
    browser.shows("disk vm102 xvda2 on sim-1");
    browser.open("/#/release");
    browser.shows("Release all throttles", "vm101");
  }

  @Test
  @Order(3)
  void keepsTheZoomWhenTheChartsChange() {
    String zoom = "return import('/assets/range.js').then(all => String(all.shown([9], [[9]])))";
    browser.open("/#/");
    browser.shows("Noisiest disks");
    browser.find(".u-over");
    Object before = String.valueOf(browser.script(zoom));
    await("a zoom")
        .atMost(BOUND)
        .until(() -> {
          browser.drag(".u-over", 60);
          return !before.equals(browser.script(zoom));
        });
    browser.shows("Reset zoom");
    Object zoomed = browser.script(zoom);
    String updated = "return import('/assets/live.js').then(all => all.live.fleet.at)";
    Object earlier = String.valueOf(browser.script(updated));
    await("an update").atMost(BOUND).until(() -> !earlier.equals(browser.script(updated)));
    assertThat(browser.script(zoom)).isEqualTo(zoomed);
    browser.click(".range button:nth-of-type(3)");
    assertThat(browser.script(zoom)).isEqualTo(before);
  }

  @Test
  @Order(4)
  void acknowledgesAnAlert() {
    browser.open("/#/alerts");
    browser.click("[aria-label=Alerts] a[title*=vm101]");
    browser.act("Acknowledge swap-storm", TOKEN);
    browser.shows("acknowledged by http: ana");
    browser.act("Silence swap-storm vm101 on sim-1", TOKEN);
    browser.shows("End silence");
    browser.open("/#/alerts");
    browser.click("button[role=tab]:nth-child(2)");
    browser.shows("No resolved alerts match.");
  }

  @Test
  @Order(4)
  void worksWithTheKeyboard() {
    browser.open("/#/");
    browser.shows("sim-3");
    browser.tabTo("[aria-label=Hosts] th button");
    browser.keys(Keys.ENTER);
    browser.keys(Keys.ENTER);
    await("hosts by name, descending")
        .atMost(BOUND)
        .until(() -> browser.find("[aria-label=Hosts] tbody a").getText().equals("sim-3"));
    browser.tabTo("[aria-label=Hosts] tbody a");
    browser.keys(Keys.ENTER);
    browser.shows("Disks by share of device time");
  }

  @Test
  @Order(5)
  void fitsAPhoneAndDarkMode() {
    browser.open("/#/");
    browser.shows("sim-1");
    String light = browser.colourOfTheGround();
    browser.emulate("dark");
    assertThat(browser.colourOfTheGround()).isNotEqualTo(light);
    browser.size(500, 900);
    assertThat(browser.script("return document.documentElement.scrollWidth <= innerWidth"))
        .isEqualTo(true);
    browser.emulate("light");
    browser.size(1300, 1000);
  }

  @Test
  @Order(6)
  void releaseNeedsTheToken() {
    browser.open("/#/host/sim-1");
    browser.act("Release vm101 xvda2", "wrong-token");
    browser.shows("expected the token of --http-token-file");
    assertThat(browser.consoleErrors()).anyMatch(each -> each.contains("401"));
    browser.open("/#/host/sim-1");
    browser.shows("vm101");
    browser.act("Release vm101 xvda2", TOKEN);
    browser.shows("xvda2 of vm101 on sim-1 is released");
    await("the release is recorded")
        .atMost(BOUND)
        .until(() -> browser.get("/api/v1/decisions").contains("http: ana"));
  }

  @Test
  @Order(7)
  void approvesAProposal() {
    browser.open("/#/");
    browser.shows("Waiting for approval");
    String disk = browser.label("button[aria-label^='Approve ']").substring("Approve ".length());
    browser.act("Approve " + disk, TOKEN);
    await("the approved throttle")
        .atMost(BOUND)
        .until(() -> browser.count("[aria-label='Release %s']".formatted(disk)) > 0);
  }

  @Test
  @Order(8)
  void markupInNamesIsEscaped() throws Exception {
    String name = "<img src=x onerror=document.title='mine'>";
    String golden = "shared-model/src/test/resources/golden/mapping-snapshot.v1.json";
    HostId host = new HostId("dom0-7");
    Connection anybody = Nats.connect(fleet.url());
    try {
      String map = Files.readString(Checkout.file(golden)).replace("\"vm176\"", '"' + name + '"');
      anybody.publish(Subjects.DEFAULT.mapping(host, "snapshot"), map.getBytes(UTF_8));
      anybody.flush(BOUND);
      browser.open("/#/host/dom0-7");
      browser.shows("not reporting", "blkwarden forget dom0-7");
      browser.shows("Disks by share of device time", name);
    } finally {
      anybody.close();
    }
    assertThat(browser.count("main img")).isZero();
    assertThat(browser.script("return document.title")).isEqualTo("blkwarden");
  }

  @Test
  @Order(9)
  void reconnectsAfterAControllerRestart() {
    browser.open("/#/");
    browser.shows("sim-1");
    int port = controller.httpPort().orElseThrow();
    controller.close();
    browser.shows("The controller does not answer");
    controller = controller(port);
    await("the page is live again")
        .atMost(BOUND)
        .until(() -> browser.find(".link").getText().startsWith("live"));
    browser.shows("sim-2");
    assertThat(browser.text()).doesNotContain("does not answer");
    assertThat(browser.consoleErrors())
        .as("errors other than failed requests")
        .allMatch(each -> each.contains("net::ERR_"));
  }
}
