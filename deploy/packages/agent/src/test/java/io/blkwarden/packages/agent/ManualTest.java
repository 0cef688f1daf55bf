package io.blkwarden.packages.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.packages.man.Manual;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The manual as groff and mandoc read it. */
final class ManualTest {
  private static final Manual MANUAL = WriteManual.manual("1.2", LocalDate.of(2026, 11, 22));

  private static String run(String... words) throws Exception {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes());
    process.waitFor();
    return said;
  }

  @Test
  void everyPageIsReadWithoutAWarning(@TempDir Path folder) throws Exception {
    MANUAL.write(folder);
    List<String> pages;
    try (Stream<Path> files = Files.walk(folder)) {
      pages = files.filter(Files::isRegularFile).map(Path::toString).sorted().toList();
    }
    assertThat(pages).hasSameSizeAs(MANUAL.pages().keySet());

    List<String> groff = new ArrayList<>(List.of("groff", "-man", "-ww", "-Tutf8", "-z"));
    List<String> mandoc = new ArrayList<>(List.of("mandoc", "-Tlint", "-Wwarning"));
    groff.addAll(pages);
    mandoc.addAll(pages);
    assertThat(run(groff.toArray(String[]::new))).isEmpty();
    assertThat(run(mandoc.toArray(String[]::new))).isEmpty();
  }
}
