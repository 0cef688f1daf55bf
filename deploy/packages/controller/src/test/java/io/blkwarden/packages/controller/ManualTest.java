package io.blkwarden.packages.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.packages.man.Lint;
import java.nio.file.Path;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ManualTest {
  @Test
  void everyPageIsReadWithoutAWarning(@TempDir Path folder) throws Exception {
    LocalDate day = LocalDate.of(2026, 11, 22);

    assertThat(Lint.warnings(WriteManual.manual("1.2", day), folder)).isEmpty();
  }
}
