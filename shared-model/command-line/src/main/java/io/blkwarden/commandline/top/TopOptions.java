package io.blkwarden.commandline.top;

import io.blkwarden.commandline.DurationText;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How a live list is wanted; the same for a host and for the fleet. */
public final class TopOptions {
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofHours(1);

  @Spec(Spec.Target.MIXEE)
  @Nullable CommandSpec spec;

  @Option(
      names = "--sort",
      paramLabel = "KEY",
      defaultValue = "pain",
      description = {
        "What to sort by, the highest first: ${COMPLETION-CANDIDATES}. Default ${DEFAULT-VALUE}.",
        "pain is utilisation times wait of the disk's device, times the disk's share of that"
            + " device's time."
      })
  SortKey sort = SortKey.PAIN;

  @Option(
      names = "--filter",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "Only disks with TEXT in the name of host, domain, disk, device or thread.")
  String filter = "";

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      defaultValue = "3s",
      converter = DurationText.class,
      description = "Time between two looks, 100ms to 1h. Default ${DEFAULT-VALUE}.")
  Duration interval = Duration.ofSeconds(3);

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "Print plain text so many times, then end. Default: until interrupted.")
  @Nullable Integer count;

  @Option(names = "--plain", description = "Print plain text, as into a pipe.")
  boolean plain;

  @Option(names = "--json", description = "Print each look as a JSON object on a line.")
  boolean json;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "50",
      description = "Most disks in plain text and JSON; 0 for all. Default ${DEFAULT-VALUE}.")
  int rows = 50;

  /** Whether a program reads what is printed. */
  public boolean json() {
    return json;
  }

  /** Whether the whole screen may be taken, if there is one. */
  boolean screen() {
    return !json && !plain && count == null;
  }

  /** How many looks; {@link Integer#MAX_VALUE} for no end. */
  int looks() {
    Integer given = count;
    return given == null ? Integer.MAX_VALUE : given;
  }

  /** Complains of what is out of its range. */
  public void check() {
    Integer given = count;
    if (given != null && given < 1) {
      throw usage("--count: expected 1 or more, found " + given);
    }
    if (rows < 0) {
      throw usage("--rows: expected 0 or more, found " + rows);
    }
    if (filter.length() > TopView.FILTER_MAX) {
      throw usage("--filter: expected at most %d characters".formatted(TopView.FILTER_MAX));
    }
    if (interval.compareTo(SHORTEST) < 0 || interval.compareTo(LONGEST) > 0) {
      throw usage("--interval: expected 100ms to 1h, found " + interval.toMillis() + "ms");
    }
  }

  private RuntimeException usage(String message) {
    CommandSpec known = spec;
    return known == null
        ? new IllegalArgumentException(message)
        : new ParameterException(known.commandLine(), message);
  }
}
