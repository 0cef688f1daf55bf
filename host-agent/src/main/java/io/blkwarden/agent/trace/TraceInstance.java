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
 * Trace instances of agents. They are named {@code blkwarden-PID-STARTTICKS} after their process,
 * to distinguish those of crashed agents from that of a running {@code doctor}.
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
   * Removes instances of earlier runs. Those whose owner runs, or may run, are kept.
   *
   * @return why some could not be removed, such as EBUSY
   */
  static List<String> removeLeftovers(TraceFiles trace, KernelFiles kernel) {
    List<String> problems = new ArrayList<>();
    switch (trace.list(DIRECTORY)) {
      case ReadResult.Present<List<String>>(List<String> names) ->
          names.stream()
              .filter(name -> name.startsWith(PREFIX) && isOrphan(name, kernel))
              .forEach(name ->
                  remove(trace, name)
                      .ifPresent(reason ->
                          problems.add("cannot remove an instance of an earlier run: " + reason)));
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

  /** Disables the event of an instance and removes it. */
  static Optional<String> remove(TraceFiles trace, String name) {
    String directory = DIRECTORY + "/" + name;
    // errors are ignored: only the removal matters
    Optional<String> _ = trace.write(directory + "/" + BioTrace.EVENT + "/enable", "0");
    return trace.removeDirectory(directory);
  }
}
