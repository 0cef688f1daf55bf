package io.blkwarden.simulation.story;

import io.blkwarden.model.IoPriority;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.message.Outcome.WorkerChange;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Compares a throttle's end with its start: the same threads, with their earlier priorities. */
final class WorkerStory {
  private final Map<String, List<WorkerChange>> lowered = new HashMap<>();

  /** Whether the outcome shows threads with lowered priorities. */
  boolean lowered(String disk, Outcome outcome) {
    boolean shown =
        !outcome.workers().isEmpty() && outcome.workers().stream().allMatch(WorkerStory::wentDown);
    if (shown) {
      lowered.put(disk, outcome.workers());
    }
    return shown;
  }

  private static boolean wentDown(WorkerChange worker) {
    IoPriority after = worker.after();
    return after != null && !after.equals(worker.before());
  }

  /** Whether the outcome shows that all these threads have their earlier priorities. */
  boolean restored(String disk, Outcome outcome) {
    List<WorkerChange> before = lowered.getOrDefault(disk, List.of());
    return !before.isEmpty()
        && before.stream()
            .allMatch(was ->
                outcome.workers().stream()
                    .anyMatch(now ->
                        now.pid() == was.pid()
                            && now.startTicks() == was.startTicks()
                            && Objects.equals(now.after(), was.before())));
  }

  /** The threads with their priorities before and after. */
  static String told(Outcome outcome) {
    return outcome.workers().stream()
        .map(w -> "%s %s -> %s".formatted(w.comm(), w.before(), w.after()))
        .collect(Collectors.joining(", "));
  }
}
