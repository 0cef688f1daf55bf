package io.blkwarden.systemtests.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.systemtests.monitoring.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The commands of {@code docs/RUNBOOK.md}, and which of them were run. */
final class Runbook {
  private static final Pattern BLOCK = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern INLINE = Pattern.compile("`([^`\\n]+)`");
  private static final Pattern COMMAND =
      Pattern.compile("(blkwarden|blkwarden-agent|systemctl|journalctl|curl) .+");

  private final Set<String> commands = new TreeSet<>();
  private final Set<String> left = new TreeSet<>();

  private Runbook() {}

  static Runbook read() {
    String text;
    try {
      text = Files.readString(Checkout.file("docs/RUNBOOK.md"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Runbook runbook = new Runbook();
    Matcher blocks = BLOCK.matcher(text);
    while (blocks.find()) {
      blocks.group(1).lines().forEach(line -> runbook.add(line.replaceFirst("\\s+#.*", "")));
    }
    Matcher inline = INLINE.matcher(blocks.replaceAll(""));
    while (inline.find()) {
      runbook.add(inline.group(1));
    }
    return runbook;
  }

  private void add(String command) {
    if (COMMAND.matcher(command).matches()) {
      commands.add(command);
      left.add(command);
    }
  }

  /** A documented command, with the lab's names instead of the example's. */
  String command(String literal) {
    assertThat(commands).as("commands of docs/RUNBOOK.md").contains(literal);
    left.remove(literal);
    return literal.replace("dom0-7", Installed.HOST).replace("vm176", "vm101");
  }

  /** Commands that were not run. */
  Set<String> left() {
    return Set.copyOf(left);
  }
}
