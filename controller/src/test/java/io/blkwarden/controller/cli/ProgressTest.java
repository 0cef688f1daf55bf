package io.blkwarden.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ProgressTest {
  private final StringWriter err = new StringWriter();
  private final AtomicLong millis = new AtomicLong();

  private Progress progress(boolean shown) {
    return new Progress(new PrintWriter(err), shown, millis::get);
  }

  /** The line as shown on a terminal. */
  private String seen() {
    return err.toString().substring(err.toString().lastIndexOf('\r') + 1);
  }

  @Test
  void showsPercentageAndTimeLeft() {
    Progress progress = progress(true);
    progress.at(1, 100, "at once");
    assertThat(err.toString()).as("not immediately").isEmpty();

    millis.set(1_000);
    progress.at(25, 100, "work");

    assertThat(seen()).isEqualTo("[######..................]  25%  work  3s left");
  }

  @Test
  void unknownTotalShowsOnlyText() {
    Progress progress = progress(true);
    millis.set(1_000);
    progress.at(25, 0, "25 things");

    assertThat(seen()).isEqualTo("25 things");
  }

  @Test
  void closeClearsTheLine() {
    Progress progress = progress(true);
    millis.set(1_000);
    progress.at(50, 100, "work");
    millis.set(2_000);
    progress.at(100, 100, "less");
    progress.close();

    assertThat(seen()).isEmpty();
    String[] lines = err.toString().split("\r", -1);
    assertThat(lines[lines.length - 2]).as("erased").isBlank().hasSizeGreaterThan(30);
  }

  @Test
  void hiddenBarPrintsNothing() {
    Progress progress = progress(false);
    millis.set(9_000);
    progress.at(1, 2, "work");
    progress.close();

    assertThat(err.toString()).isEmpty();
  }
}
