package io.blkwarden.commandline.top;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A program on a pseudo-terminal ({@code terminal.py}), controlled by a test. */
final class PseudoTerminal implements AutoCloseable {
  /** Start of each screen. */
  static final String FIRST_ROW = "\u001B[1;1H";

  private final Process driver;
  private final PrintWriter orders;
  private final StringBuilder shown = new StringBuilder();
  private final List<String> modes = new ArrayList<>();
  private Optional<Integer> ended = Optional.empty();

  private PseudoTerminal(Process driver) {
    this.driver = driver;
    this.orders = new PrintWriter(driver.getOutputStream(), true, UTF_8);
    Thread reader = new Thread(this::read, "terminal");
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts a program. */
  static PseudoTerminal run(Map<String, String> environment, List<String> command)
      throws Exception {
    Path script =
        Path.of(PseudoTerminal.class.getResource("/terminal.py").toURI()).toAbsolutePath();
    List<String> all = new ArrayList<>(List.of("python3", script.toString()));
    all.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(all).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().remove("NO_COLOR");
    builder.environment().putAll(environment);
    return new PseudoTerminal(builder.start());
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(driver.getInputStream(), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        told(line.substring(0, line.indexOf(' ')), line.substring(line.indexOf(' ') + 1));
      }
    } catch (IOException e) {
      told("shown", HexFormat.of().formatHex(e.toString().getBytes(UTF_8)));
    }
  }

  private synchronized void told(String what, String value) {
    switch (what) {
      case "modes" -> modes.add(value);
      case "ended" -> ended = Optional.of(Integer.parseInt(value));
      default -> shown.append(new String(HexFormat.of().parseHex(value), UTF_8));
    }
  }

  void keys(String keys) {
    orders.println("keys " + HexFormat.of().formatHex(keys.getBytes(UTF_8)));
  }

  void size(int rows, int columns) {
    orders.println("size " + rows + " " + columns);
  }

  void signal(int number) {
    orders.println("signal " + number);
  }

  /** The output of the program. */
  synchronized String shown() {
    return shown.toString();
  }

  /** The text on the screen, without colours. */
  List<String> screen() {
    String all = shown();
    int last = Math.max(0, all.lastIndexOf(FIRST_ROW));
    return Arrays.stream(all.substring(last).split("\u001B\\[\\d+;1H", -1))
        .skip(1)
        .map(line -> line.replaceAll("\u001B\\[[0-9;?]*[A-Za-z]", ""))
        .toList();
  }

  /** Its exit code, after it has exited. */
  synchronized Optional<Integer> ended() {
    return ended;
  }

  /** The modes of the terminal before and after the program. */
  synchronized List<String> modes() {
    return List.copyOf(modes);
  }

  @Override
  public void close() {
    driver.descendants().forEach(ProcessHandle::destroyForcibly);
    driver.destroyForcibly().onExit().join();
  }
}
