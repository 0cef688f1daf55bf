package io.blkwarden.packages.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.packages.man.Lint;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ManualTest {
  @Test
  void pagesHaveNoWarnings(@TempDir Path folder) throws Exception {
    assertThat(Lint.warnings(WriteManual.MANUAL, folder)).isEmpty();
  }
}
