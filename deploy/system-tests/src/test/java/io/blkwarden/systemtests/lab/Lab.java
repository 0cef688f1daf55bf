package io.blkwarden.systemtests.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** The Xen lab started by {@code deploy/xen-lab/run}, controlled by {@code lab}. */
final class Lab {
  /** On the lab clock. */
  private static final long LIMIT_SECONDS = 420;

  private final String command;

  private Lab(String command) {
    this.command = command;
  }

  /** The clock of all timeouts. */
  static LabClock clock() {
    return Running.CLOCK;
  }

  private static final class Running {
    static final LabClock CLOCK = LabClock.start(command());
  }

  /** The lab named by {@code BLKWARDEN_LAB}. */
  static Lab running() {
    return new Lab(command());
  }

  private static String command() {
    return Objects.requireNonNull(
        System.getenv("BLKWARDEN_LAB"),
        "BLKWARDEN_LAB is not set: these tests are run by deploy/xen-lab/run");
  }

  /** The output of a shell command in dom0; fails with the output if the command fails. */
  String sh(String line) {
    return verb("sh", line);
  }

  /** Sends a line to a guest's console. */
  void guest(String name, String line) {
    verb("guest", name, line);
  }

  /** Runs a lab command; returns its standard output. */
  String verb(String... words) {
    List<String> line = new ArrayList<>(List.of(command));
    line.addAll(List.of(words));
    return run(line);
  }

  /** The standard output of a command; fails with the output if the command fails. */
  static String run(List<String> line) {
    try {
      Path out = Files.createTempFile("lab", ".out");
      Path err = Files.createTempFile("lab", ".err");
      try {
        Process process =
            new ProcessBuilder(line)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        long end = clock().millis() + TimeUnit.SECONDS.toMillis(LIMIT_SECONDS);
        while (!process.waitFor(1, TimeUnit.SECONDS)) {
          if (clock().millis() > end) {
            process.destroyForcibly();
            throw new AssertionError(line + " took more than %d s".formatted(LIMIT_SECONDS));
          }
        }
        String printed = Files.readString(out, UTF_8);
        if (process.exitValue() != 0) {
          throw new AssertionError(
              "%s ended with %d:%n%s%s"
                  .formatted(line, process.exitValue(), printed, Files.readString(err, UTF_8)));
        }
        return printed;
      } finally {
        Files.deleteIfExists(out);
        Files.deleteIfExists(err);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(line + " was interrupted", e);
    }
  }
}
