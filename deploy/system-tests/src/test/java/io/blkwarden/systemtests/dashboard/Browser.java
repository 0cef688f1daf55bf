package io.blkwarden.systemtests.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** Headless Chromium. */
final class Browser implements AutoCloseable {
  private static final Duration BOUND = Duration.ofSeconds(30);

  private final ChromeDriver driver;
  private final String site;

  /**
   * Starts a browser.
   *
   * @param profile an empty directory
   * @param site URL of the dashboard
   */
  Browser(Path profile, String site) {
    this.site = site;
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary("/usr/bin/chromium");
    options.setCapability("goog:loggingPrefs", logs);
    options.setAcceptInsecureCerts(true); // self-signed by the test
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1300,1000",
        "--user-data-dir=" + profile);
    driver =
        new ChromeDriver(
            new ChromeDriverService.Builder()
                .usingDriverExecutable(Path.of("/usr/bin/chromedriver").toFile())
                .usingAnyFreePort()
                .build(),
            options);
  }

  void open(String place) {
    driver.get(site + place);
  }

  void size(int width, int height) {
    driver.manage().window().setSize(new Dimension(width, height));
  }

  void emulate(String scheme) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  /** Writes a screenshot as PNG. */
  void picture(Path file) throws IOException {
    Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
  }

  /** The visible text. */
  String text() {
    return driver.findElement(By.tagName("body")).getText();
  }

  /** Waits until this text is visible. */
  void shows(String... texts) {
    for (String each : texts) {
      await("'" + each + "' on the page")
          .atMost(BOUND)
          .ignoreException(StaleElementReferenceException.class)
          .untilAsserted(() -> assertThat(text()).contains(each));
    }
  }

  /** The first matching element. */
  WebElement find(String css) {
    return await(css)
        .atMost(BOUND)
        .until(() -> driver.findElements(By.cssSelector(css)), found -> !found.isEmpty())
        .getFirst();
  }

  int count(String css) {
    return driver.findElements(By.cssSelector(css)).size();
  }

  /** Clicks an element that is rendered again every second. */
  void click(String css) {
    await("a click on " + css)
        .atMost(BOUND)
        .ignoreException(StaleElementReferenceException.class)
        .until(() -> {
          find(css).click();
          return true;
        });
  }

  /** Moves the pointer over the first matching element. */
  void hover(String css) {
    WebElement element = find(css);
    new Actions(driver).scrollToElement(element).moveToElement(element).perform();
  }

  /** Drags to the right over the first matching element. */
  void drag(String css, int pixels) {
    WebElement element = find(css);
    new Actions(driver)
        .scrollToElement(element)
        .moveToElement(element)
        .clickAndHold()
        .moveByOffset(pixels, 0)
        .release()
        .perform();
  }

  /** The accessible name of the first matching element. */
  String label(String css) {
    return String.valueOf(find(css).getDomAttribute("aria-label"));
  }

  void type(String css, String text) {
    find(css).sendKeys(text);
  }

  void keys(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
  }

  /** Presses Tab until a matching element has the focus. */
  void tabTo(String css) {
    await("focus on " + css)
        .atMost(BOUND)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> {
          keys(Keys.TAB);
          return Boolean.TRUE.equals(
              script("return document.activeElement.matches(arguments[0])", css));
        });
  }

  /** Clicks the button with this name, and enters token, name and reason. */
  void act(String name, String token) {
    click("button[aria-label='" + name + "']");
    type("dialog[open] input[name=token]", token);
    type("dialog[open] input[name=by]", "ana");
    type("dialog[open] input[name=reason]", "seen in the browser");
    click("dialog[open] button[type=submit]");
  }

  String colourOfTheGround() {
    return String.valueOf(script("return getComputedStyle(document.body).backgroundColor"));
  }

  /** The response of the controller to a request of the page. */
  String get(String path) {
    return String.valueOf(
        driver.executeAsyncScript(
            "const done = arguments[1]; fetch(arguments[0]).then(a => a.text()).then(done)", path));
  }

  @Nullable Object script(String code, Object... arguments) {
    return ((JavascriptExecutor) driver).executeScript(code, arguments);
  }

  /** The errors in the console since the last call. */
  List<String> consoleErrors() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(LogEntry::toString)
        .toList();
  }

  @Override
  public void close() {
    driver.quit();
  }
}
