package io.blkwarden.systemtests.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.controller.app.ControllerRuntime;
import io.blkwarden.controller.config.ControllerSettings;
import io.blkwarden.controller.config.NotifyFile;
import io.blkwarden.controller.engine.EngineSettings;
import io.blkwarden.controller.http.HttpSettings;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.simulation.load.Main;
import io.blkwarden.systemtests.Certificate;
import io.blkwarden.systemtests.NatsProcess;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard with 1,000 hosts sent by a load generator, in Chromium over HTTPS. */
final class LargeFleetTest {
  private static final Duration BOUND = Duration.ofSeconds(90);
  private static final int HOSTS = 1_000;

  /** Cumulative layout shift; Web Vitals rates a page below 0.1 as good. */
  private static final double SHIFT_MAX = 0.05;

  private static final String WATCH_SHIFTS =
      """
      window.shift = 0;
      window.shifted = [];
      new PerformanceObserver(all => all.getEntries().forEach(each => {
        if (each.hadRecentInput) return;
        window.shift += each.value;
        window.shifted.push(each.value.toFixed(4) + each.sources.map(source =>
          ' ' + (source.node?.outerHTML ?? source.node?.data ?? '').slice(0, 100)
            + ` y ${source.previousRect.y} to ${source.currentRect.y}`).join(','));
      })).observe({ type: 'layout-shift', buffered: true });
      """;

  /** Hosts move in the table until all are measured. */
  private static final String ALL_MEASURED =
      """
      return import('/assets/live.js').then(({ live }) => live.fleet?.hosts.length === 1000
        && live.fleet.hosts.every(host => host.devices.length > 0
          && host.devices.every(device => device.util !== null)));
      """;

  /**
   * Renders up to 60 hosts in changing order and number at several scroll positions; lists the
   * renderings with wrong rows in view, or with a spacer between rows.
   */
  private static final String REORDER =
      """
      return Promise.all([import('/assets/preact.js'), import('/assets/table.js')])
        .then(async ([{ h, render }, { Table }]) => {
          const place = document.body.appendChild(document.createElement('div'));
          const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
          let seed = 1;
          const random = n => (seed = seed * 48271 % 2147483647) % n;
          const same = row => row;
          const columns = [{ name: 'Host', value: same, show: same }];
          let rows = [];
          const all = Array.from({ length: 60 }, (_, i) => `host-${i}`);
          const wrong = [];
          for (let draw = 0; draw < 300; draw += 1) {
            rows = draw % 60 < 20 ? all.slice(0, 3 * (draw % 60) + 3) : [...rows];
            for (let moves = random(draw % 3 ? 4 : 60); moves >= 0; moves -= 1) {
              const [row] = rows.splice(random(rows.length), 1);
              rows.splice(random(rows.length + 1), 0, row);
            }
            render(h(Table, { columns, rows, id: same, label: 'Reordered', empty: '' }), place);
            const box = place.querySelector('.box');
            if (draw % 25 === 24) box.scrollTop = random(1500);
            await frame();
            const top = box.getBoundingClientRect().top;
            const drawn = [...box.querySelectorAll('tbody tr')];
            const inner = drawn.filter((row, i) =>
              row.className !== 'pad' || i !== 0 && i !== drawn.length - 1);
            const seen = inner.filter(row => row.getBoundingClientRect().bottom > top + 32);
            const from = Math.round(box.scrollTop / 32);
            const near = Math.min(from, rows.length - 1);
            if (inner.some(row => row.className === 'pad') || seen.length === 0
                || Math.abs(rows.indexOf(seen[0].textContent) - near) > 1) {
              wrong.push(`${draw}: ${seen[0]?.textContent} of ${inner.length} at ${from}`);
            }
          }
          render(null, place);
          place.remove();
          return wrong.join('; ');
        });
      """;

  private final NatsProcess nats;
  private final ControllerRuntime controller;
  private final Process load;
  private final Browser browser;

  LargeFleetTest(@TempDir Path folder) throws Exception {
    nats = NatsProcess.open(folder);
    Certificate certificate = Certificate.selfSigned(folder, "dashboard", "IP:127.0.0.1");
    controller =
        ControllerRuntime.start(
            new ControllerSettings(
                new NatsSettings(nats.url(), null, null, Subjects.DEFAULT, "c1"),
                null,
                null,
                new HttpSettings(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    Set.of(),
                    new HttpSettings.Tls(certificate.chain(), certificate.key()),
                    null),
                null,
                NotifyFile.NONE,
                ControllerSettings.METRICS_DISKS),
            EngineSettings.DEFAULT);
    ProcessBuilder hosts =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            Integer.toString(HOSTS),
            "10",
            "600",
            "0",
            "50");
    hosts.environment().put("NATS_URL", nats.url());
    load =
        hosts.redirectErrorStream(true).redirectOutput(folder.resolve("load.log").toFile()).start();
    browser =
        new Browser(
            folder.resolve("profile"), "https://127.0.0.1:" + controller.httpPort().orElseThrow());
  }

  @AfterEach
  void stop() {
    browser.close();
    load.destroyForcibly().onExit().join();
    controller.close();
    nats.close();
  }

  @Test
  void doesNotShiftAndDrawsTheRowsInView() {
    browser.open("/");
    await("all hosts are measured")
        .atMost(BOUND)
        .until(() -> Boolean.TRUE.equals(browser.script(ALL_MEASURED)));
    browser.open("/");
    browser.script(WATCH_SHIFTS);
    await("all hosts").atMost(BOUND).until(() -> browser.text().contains("1000 of 1000"));
    assertThat(browser.count("[aria-label=Hosts] tbody tr")).isBetween(10, 60);
    assertThat(browser.count("button.act")).as("actions without a token file").isZero();

    String first = browser.find("[aria-label=Hosts] tbody a").getText();
    browser.script(
        "const box = document.querySelector('[aria-label=Hosts]');"
            + " box.scrollTop = box.scrollHeight");
    await("the other end of the table")
        .atMost(BOUND)
        .until(() ->
            Boolean.TRUE.equals(
                browser.script(
                    "return document.querySelector('[aria-label=Hosts] tbody a').textContent"
                        + " !== arguments[0]",
                    first)));
    assertThat(browser.count("[aria-label=Hosts] tbody tr")).isBetween(10, 60);

    browser.type("input[type=search]", "load-777");
    await("one host").atMost(BOUND).until(() -> browser.text().contains("1 of 1000"));
    assertThat((Number) browser.script("return window.shift"))
        .as("shifted: %s", browser.script("return window.shifted.join('\\n')"))
        .extracting(Number::doubleValue)
        .satisfies(shift -> assertThat(shift).isLessThan(SHIFT_MAX));
    assertThat(browser.script(REORDER)).as("draws with wrong rows in view").isEqualTo("");
    assertThat(browser.consoleErrors()).isEmpty();
  }
}
