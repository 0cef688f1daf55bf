package io.blkwarden.commandline;

import io.blkwarden.model.Restraint;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for a restraint, of which at most one may be given: a priority or a limit. */
public final class RestraintOptions {
  @Option(
      names = "--priority",
      paramLabel = "PRIORITY",
      description = "Set this I/O priority: idle or best-effort/0..7 (default: idle).")
  @Nullable String priority;

  @Option(
      names = "--limit",
      paramLabel = "N/s",
      description = "Limit reads and writes to N IOPS each, 10/s to 100000/s.")
  @Nullable String limit;

  /** The restraint; empty with a problem added to the list if it is invalid. */
  public Optional<Restraint> restraint(List<String> problems) {
    String rate = limit;
    if (rate != null) {
      if (rate.matches("([1-9]\\d{1,4}|100000)/s")) {
        return Optional.of(Restraint.parse("limit " + rate));
      }
      String hint = rate.matches("\\d+") ? "; did you mean %s/s?".formatted(rate) : "";
      problems.add("--limit: expected 10/s to 100000/s, found '%s'%s".formatted(rate, hint));
      return Optional.empty();
    }
    String text = priority == null ? "idle" : priority;
    if (text.matches("idle|best-effort/[0-7]")) {
      return Optional.of(Restraint.parse(text));
    }
    problems.add("--priority: expected idle or best-effort/0..7, found '%s'".formatted(text));
    return Optional.empty();
  }
}
