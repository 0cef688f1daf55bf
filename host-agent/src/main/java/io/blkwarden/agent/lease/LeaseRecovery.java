package io.blkwarden.agent.lease;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.kernel.TaskStat;
import io.blkwarden.agent.lease.PendingRestores.Suspect;
import io.blkwarden.agent.lease.WorkerPriorities.Restored;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerId;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.message.Outcome.WorkerChange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Restores tasks whose lease record was damaged. Not thread-safe.
 *
 * <p>A task is restored only if a record shows that a lease changed it: its full record, or at
 * least its identity if it is a proven worker. A restrained task without a record is left alone,
 * because an operator or the toolstack may have set it.
 */
final class LeaseRecovery {
  private final WorkerPriorities priorities;
  private final Outcomes outcomes;
  private final Map<WorkerId, LeasedWorker> workers = new LinkedHashMap<>();
  private final Set<WorkerId> named = new LinkedHashSet<>();
  private final Map<WorkerId, IoPriority> suspects = new LinkedHashMap<>();
  private final Set<WorkerId> examined = new HashSet<>();
  private long lostAtTicks;
  private boolean examinedOnce;

  LeaseRecovery(WorkerPriorities priorities, Outcomes outcomes) {
    this.priorities = priorities;
    this.outcomes = outcomes;
  }

  /** Adds the pending restores of an earlier run. */
  void add(PendingRestores pending) {
    pending.workers().forEach(worker -> workers.putIfAbsent(worker.id(), worker));
    named.addAll(pending.named());
    pending.suspects().forEach(suspect -> suspects.put(suspect.id(), suspect.found()));
    lostAtTicks = Math.max(lostAtTicks, pending.lostAtTicks());
  }

  void add(Collection<LeasedWorker> more) {
    more.stream()
        .limit(PendingRestores.MAX - (long) workers.size())
        .forEach(worker -> workers.putIfAbsent(worker.id(), worker));
  }

  void addNamed(Collection<WorkerId> more) {
    more.stream().limit(PendingRestores.MAX - (long) named.size()).forEach(named::add);
  }

  /** Records that leases were lost at this uptime. */
  void lost(long uptimeTicks) {
    lostAtTicks = Math.max(1, uptimeTicks);
    examinedOnce = false;
  }

  /** The state to store. */
  PendingRestores pending() {
    return new PendingRestores(
        List.copyOf(workers.values()),
        List.copyOf(named),
        suspects.entrySet().stream()
            .map(each -> new Suspect(each.getKey(), each.getValue()))
            .toList(),
        examinedOnce ? 0 : lostAtTicks);
  }

  /** Tries to restore the tasks with a recorded prior priority. */
  List<Outcome> restore(LeaseTable leases) {
    List<Outcome> result = new ArrayList<>();
    for (LeasedWorker worker : List.copyOf(workers.values())) {
      if (leases.contains(worker.id())) {
        workers.remove(worker.id());
        continue;
      }
      if (priorities.restore(worker)
          instanceof ReadResult.Present<Restored>(Restored(WorkerChange change, boolean left))) {
        workers.remove(worker.id());
        String text =
            left
                ? "left at %s, which no lease has set".formatted(change.after())
                : change.before() == null
                    ? "ended"
                    : "restored from %s to %s".formatted(change.before(), worker.prior());
        result.add(
            outcomes.done(
                null,
                "pid %d (%s) in a damaged lease record: %s"
                    .formatted(worker.id().pid(), worker.comm(), text)));
      }
    }
    return result;
  }

  /** Whether {@link #examine} is needed. */
  boolean examines() {
    return lostAtTicks > 0 || !named.isEmpty();
  }

  /**
   * Checks proven workers: schedules those in a damaged record for restore, and records suspects.
   */
  List<Outcome> examine(List<MappedDisk> disks, LeaseTable leases) {
    List<Outcome> result = new ArrayList<>();
    for (MappedDisk disk : disks) {
      if (disk.state() == MappingState.RESOLVED) {
        for (Worker worker : disk.workers()) {
          if (!leases.contains(worker.id()) && !workers.containsKey(worker.id())) {
            examine(disk, worker, result);
          }
        }
      }
    }
    examinedOnce = true;
    return result;
  }

  private void examine(MappedDisk disk, Worker worker, List<Outcome> result) {
    boolean first =
        lostAtTicks > 0
            && worker.id().startTicks() <= lostAtTicks
            && !examined.contains(worker.id());
    if (!first && !named.contains(worker.id())) {
      return;
    }
    LeasedWorker untouched = LeasedWorker.unchanged(worker, IoPriority.UNSET);
    if (!(priorities.current(untouched)
        instanceof ReadResult.Present<IoPriority>(IoPriority found))) {
      return;
    }
    String where = "pid %d (%s) %s".formatted(worker.pid(), worker.comm(), name(disk));
    if (named.remove(worker.id())) {
      if (lowered(found)) {
        workers.put(worker.id(), untouched.expecting(found));
        result.add(
            outcomes.done(
                null,
                "%s: found %s and an entry in a damaged lease record; restoring %s"
                    .formatted(where, found, IoPriority.UNSET)));
      }
    } else if (examined.add(worker.id())
        && lowered(found)
        && suspects.size() < PendingRestores.MAX) {
      suspects.put(worker.id(), found);
      result.add(
          outcomes.done(
              null,
              "%s: found %s without a lease after a lease record was lost; left alone because no"
                      .formatted(where, found)
                  + " record shows who set it; a later lease will restore %s"
                      .formatted(IoPriority.UNSET)));
    }
  }

  private static boolean lowered(IoPriority priority) {
    return priority.ioClass() == IoPriority.IoClass.IDLE
        || priority.ioClass() == IoPriority.IoClass.BEST_EFFORT;
  }

  private static String name(MappedDisk disk) {
    return "domain=%s disk=%s".formatted(disk.domain().name(), disk.disk().vdev());
  }

  /** The prior state of tasks that a new lease must use instead of their current priority. */
  Stream<LeasedWorker> earlier(MappedDisk disk) {
    return disk.workers().stream()
        .flatMap(worker -> {
          LeasedWorker recorded = workers.get(worker.id());
          if (recorded != null) {
            return Stream.of(recorded);
          }
          LeasedWorker untouched = LeasedWorker.unchanged(worker, IoPriority.UNSET);
          IoPriority suspect = suspects.get(worker.id());
          if (suspect == null && !named.contains(worker.id())) {
            return Stream.empty();
          }
          return priorities.current(untouched)
                      instanceof ReadResult.Present<IoPriority>(IoPriority now)
                  && (suspect == null ? lowered(now) : now.equals(suspect))
              ? Stream.of(untouched.expecting(now))
              : Stream.empty();
        });
  }

  /** Removes the tasks of a lease, which restores them from now on. */
  void removeWorkersOf(Lease lease) {
    for (WorkerId id : lease.workerIds()) {
      workers.remove(id);
      named.remove(id);
      suspects.remove(id);
    }
  }

  /** Removes ended tasks. */
  void removeEnded() {
    named.removeIf(this::ended);
    suspects.keySet().removeIf(this::ended);
  }

  private boolean ended(WorkerId id) {
    return switch (priorities.tasks().read(id.pid())) {
      case ReadResult.Present<TaskStat>(TaskStat task) -> !task.id().equals(id);
      case ReadResult.Absent<TaskStat> _ -> true;
      case ReadResult<TaskStat> _ -> false;
    };
  }
}
