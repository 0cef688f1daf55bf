package io.blkwarden.agent.trace;

import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.kernel.TaskStat;
import io.blkwarden.model.WorkerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of the agent's trace instances: {@code blkwarden-PID-STARTTICKS}, after the process that
 * made it, so that one agent knows a crashed one's leftovers from those of a {@code doctor} that
 * runs beside it.
 */
final class TraceInstance {
  static final String DIRECTORY = "instances";
  static final String PREFIX = "blkwarden";
  private static final Pattern NAME = Pattern.compile(PREFIX + "-(\\d{1,7})-(\\d{1,18})");

  private TraceInstance() {}

  static String nameFor(WorkerId owner) {
    return "%s-%d-%d".formatted(PREFIX, owner.pid(), owner.startTicks());
  }

  /**
   * Removes what earlier runs left. An instance whose owner lives is kept, and so is one of which
   * nothing can be known.
   *
   * @return why some are still there: somebody may hold one open (EBUSY)
   */
  static List<String> removeLeftovers(TraceFiles trace, KernelFiles kernel) {
    List<String> problems = new ArrayList<>();
    switch (trace.list(DIRECTORY)) {
      case ReadResult.Present<List<String>>(List<String> names) ->
          names.stream()
              .filter(name -> name.startsWith(PREFIX) && isOrphan(name, kernel))
              .forEach(name ->
                  remove(trace, name)
                      .ifPresent(reason -> problems.add("left by an earlier run: " + reason)));
      case ReadResult<List<String>> none -> problems.add(none.describe());
    }
    return problems;
  }

  private static boolean isOrphan(String name, KernelFiles kernel) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      return true;
    }
    return switch (TaskStat.read(kernel, Integer.parseInt(matcher.group(1)))) {
      case ReadResult.Present<TaskStat>(TaskStat stat) ->
          stat.id().startTicks() != Long.parseLong(matcher.group(2));
      case ReadResult.Absent<TaskStat> _ -> true;
      case ReadResult.Malformed<TaskStat> _, ReadResult.Failed<TaskStat> _ -> false;
    };
  }

  /** Stops an instance's events and removes it. */
  static Optional<String> remove(TraceFiles trace, String name) {
    String directory = DIRECTORY + "/" + name;
    // It is removed with its events enabled too, but not while it is read: say that one reason.
    Optional<String> _ = trace.write(directory + "/" + BioTrace.EVENT + "/enable", "0");
    return trace.removeDirectory(directory);
  }
}
