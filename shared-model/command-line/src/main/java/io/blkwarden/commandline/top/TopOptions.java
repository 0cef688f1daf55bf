package io.blkwarden.commandline.top;

import io.blkwarden.commandline.DurationText;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of {@code top}, for a host and for the fleet. */
public final class TopOptions {
  private static final Duration MIN_INTERVAL = Duration.ofMillis(100);
  private static final Duration MAX_INTERVAL = Duration.ofHours(1);

  @Spec(Spec.Target.MIXEE)
  CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--sort",
      paramLabel = "COLUMN",
      defaultValue = "score",
      converter = Column.Converter.class,
      description = {
        "Sort by this column, highest first: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).",
        "score is the latency score: utilisation times await of the disk's device, times the"
            + " disk's share of that device's time."
      })
  Column sort = Column.SCORE;

  @Option(
      names = {"-a", "--accumulated"},
      description = "Show reads and writes since top started instead of rates.")
  boolean totals;

  @Option(
      names = "--filter",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "Show only disks with TEXT in a name: host, domain, disk, device or thread.")
  String filter = "";

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      defaultValue = "3s",
      converter = DurationText.class,
      description = "Refresh interval, 100ms to 1h (default: ${DEFAULT-VALUE}).")
  Duration interval = Duration.ofSeconds(3);

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "Print N tables as plain text, then exit (default: until interrupted).")
  @Nullable Integer count;

  @Option(names = "--plain", description = "Print plain text, as in a pipe.")
  boolean plain;

  @Option(names = "--json", description = "Print JSON, one object per refresh and line.")
  boolean json;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "50",
      description = "Print at most N disks as text or JSON; 0 for all (default: ${DEFAULT-VALUE}).")
  int rows = 50;

  /** Whether output is JSON. */
  public boolean json() {
    return json;
  }

  /** Whether full-screen output is allowed. */
  boolean screen() {
    return !json && !plain && count == null;
  }

  /** Number of refreshes; {@link Integer#MAX_VALUE} for no limit. */
  int refreshes() {
    return Objects.requireNonNullElse(count, Integer.MAX_VALUE);
  }

  /** Throws if a value is out of range. */
  public void check() {
    check(count == null || count > 0, "--count: expected 1 or more, found %s", count);
    check(rows >= 0, "--rows: expected 0 or more, found %s", rows);
    check(
        filter.length() <= TopView.FILTER_MAX,
        "--filter: expected at most %s characters",
        TopView.FILTER_MAX);
    check(
        interval.compareTo(MIN_INTERVAL) >= 0 && interval.compareTo(MAX_INTERVAL) <= 0,
        "--interval: expected 100ms to 1h, found %sms",
        interval.toMillis());
  }

  private void check(boolean valid, String message, @Nullable Object found) {
    if (!valid) {
      throw new ParameterException(spec.commandLine(), message.formatted(found));
    }
  }
}
