package io.blkwarden.agent.lease;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.CommandGate.CommandResult;
import io.blkwarden.agent.lease.CommandGate.ReceivedCommand;
import io.blkwarden.agent.lease.CommandGate.Verdict;
import io.blkwarden.agent.lease.LeaseStart.Started;
import io.blkwarden.agent.lease.LeaseStore.FoundLeases;
import io.blkwarden.agent.lease.LeaseStore.SalvagedLeases;
import io.blkwarden.agent.lease.LeaseStore.StoredLeases;
import io.blkwarden.agent.lease.StarvationGuard.DiskProgress;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.message.Outcome.Refusal;
import io.blkwarden.model.message.Outcome.Result;
import io.blkwarden.model.message.Outcome.WorkerChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The owner of the lease table: carries out commands and ends leases.
 *
 * <p>A lease is stored before the first change, so that after a crash either nothing was changed or
 * a record shows what to restore. Not thread-safe.
 */
public final class Throttler {
  private final CommandGate gate;
  private final DiskGate diskGate;
  private final WorkerPriorities workers;
  private final WorkerGroups groups;
  private final LeaseEnding ending;
  private final LeaseRecovery recovery;
  private final StarvationGuard starvation = new StarvationGuard();
  private final SchedulerWatch schedulers = new SchedulerWatch();
  private final LeaseStore store;
  private final Outcomes outcomes;
  private final UUID boot;
  private LeaseTable table = LeaseTable.EMPTY;
  private long storedEpoch;
  private Optional<String> storeFault = Optional.empty();
  private boolean groupsLeft;

  /** Creates a throttler without leases; {@link #recover} adds those of an earlier run. */
  public Throttler(
      UUID boot,
      CommandGate gate,
      DiskGate diskGate,
      Tasks tasks,
      IoPriorities priorities,
      LimitGroups limits,
      LeaseStore store,
      Outcomes outcomes) {
    this.boot = boot;
    this.gate = gate;
    this.diskGate = diskGate;
    this.workers = new WorkerPriorities(tasks, priorities);
    this.groups = new WorkerGroups(workers, limits);
    this.ending = new LeaseEnding(workers, groups, outcomes);
    this.recovery = new LeaseRecovery(workers, outcomes);
    this.store = store;
    this.outcomes = outcomes;
    this.storedEpoch = gate.epoch();
  }

  /** All leases. */
  public LeaseTable table() {
    return table;
  }

  /** The highest epoch seen. */
  public long epoch() {
    return gate.epoch();
  }

  /** Whether {@code set} commands are accepted. */
  public boolean acting() {
    return gate.acting();
  }

  /** The error of the last save, also of a single copy; empty when all were written. */
  public Optional<String> storeFault() {
    return storeFault.or(store::degraded);
  }

  /**
   * Decides on a command and carries it out.
   *
   * @param snapshot publishes the mapping and returns the error, if any
   */
  public CommandResult handle(
      ReceivedCommand received,
      CurrentMapping mapping,
      Supplier<Optional<String>> snapshot,
      long nowMillis) {
    Command command = received.command();
    Verdict verdict = gate.decide(received, mapping, table, nowMillis);
    CommandResult handled = carryOut(command, verdict, snapshot, nowMillis);
    if (gate.epoch() > storedEpoch) {
      store();
    }
    gate.remember(command.id(), handled.reply());
    return handled;
  }

  private CommandResult carryOut(
      Command command, Verdict verdict, Supplier<Optional<String>> snapshot, long nowMillis) {
    return switch (verdict) {
      case Verdict.Apply apply ->
          CommandResult.of(
              apply
                  .active()
                  .flatMap(lease -> endUndone(command, lease, nowMillis))
                  .orElseGet(() -> apply(command, apply, nowMillis)));
      case Verdict.Renew(Lease lease, long deadline) ->
          CommandResult.of(
              endUndone(command, lease, nowMillis)
                  .orElseGet(() -> renew(command, lease, deadline, nowMillis)));
      case Verdict.Release(Lease lease) -> {
        Outcome outcome = end(command, lease, LeaseEnd.RELEASED, command.reason(), nowMillis);
        store();
        yield CommandResult.of(outcome);
      }
      case Verdict.UnknownLease(CommandAction.Reset reset) ->
          CommandResult.of(outcomes.notHeld(command.id(), reset.lease()));
      case Verdict.ReleaseAll() -> releaseAll(command, nowMillis);
      case Verdict.SendSnapshot() ->
          CommandResult.of(
              snapshot
                  .get()
                  .map(why -> outcomes.failed(command.id(), "snapshot not published: " + why))
                  .orElseGet(() -> outcomes.done(command.id(), "snapshot published")));
      case Verdict.SameMapping() ->
          CommandResult.of(
              outcomes.done(command.id(), "no snapshot: the sender has the current mapping"));
      case Verdict.Repeat(Outcome before) -> new CommandResult(before, List.of());
      case Verdict.Refuse(Refusal refusal, String detail) ->
          CommandResult.of(refuse(command, refusal, detail));
    };
  }

  private Outcome refuse(Command command, Refusal refusal, String detail) {
    return command.action() instanceof CommandAction.Set set
        ? outcomes.refused(command.id(), set, refusal, detail)
        : outcomes.refused(command.id(), refusal, detail);
  }

  private Outcome apply(Command command, Verdict.Apply apply, long nowMillis) {
    Optional<String> objection = diskGate.objection(apply.disk());
    if (objection.isPresent()) {
      return refuse(command, Refusal.GATE, objection.get());
    }
    LeaseStart start = new LeaseStart(workers, groups, recovery);
    ReadResult<Lease> prepared = start.prepare(apply, command.reason(), nowMillis);
    if (!(prepared instanceof ReadResult.Present<Lease>(Lease lease))) {
      return refuse(command, Refusal.GATE, prepared.describe());
    }
    LeaseTable before = table;
    table = table.with(lease);
    Optional<String> fault = store();
    if (fault.isPresent()) {
      table = before;
      String detail = "nothing changed: the lease could not be stored: " + fault.get();
      return outcomes.of(command.id(), lease, Result.FAILED, detail, List.of(), null);
    }
    return switch (start.carryOut(lease)) {
      case ReadResult.Present<Started>(Started(Lease settled, List<WorkerChange> changes)) -> {
        table = table.with(settled);
        recovery.removeWorkersOf(settled);
        store();
        // Not with the next scan: the scheduler may have changed by then.
        schedulers.begin(settled, apply.disk());
        String detail =
            "%d worker%s set to %s: %s"
                .formatted(
                    changes.size(),
                    changes.size() == 1 ? "" : "s",
                    lease.restraint(),
                    lease.reason());
        long left = settled.remainingMillis(nowMillis);
        yield outcomes.of(command.id(), settled, Result.APPLIED, detail, changes, left);
      }
      case ReadResult<Started> none -> {
        String cause = none.describe();
        Outcome undone = end(command, lease, LeaseEnd.RECOVERED, cause, nowMillis);
        store();
        yield outcomes.of(command.id(), lease, Result.FAILED, cause, undone.workers(), null);
      }
    };
  }

  private Outcome renew(Command command, Lease lease, long deadlineMillis, long nowMillis) {
    LeaseTable before = table;
    Lease renewed = lease.until(deadlineMillis);
    table = table.with(renewed);
    Optional<String> fault = store();
    if (fault.isPresent()) {
      table = before;
      String detail = "lease not renewed: it could not be stored: " + fault.get();
      return outcomes.of(
          command.id(), lease, Result.FAILED, detail, List.of(), lease.remainingMillis(nowMillis));
    }
    long left = renewed.remainingMillis(nowMillis);
    return outcomes.of(command.id(), renewed, Result.RENEWED, command.reason(), List.of(), left);
  }

  private CommandResult releaseAll(Command command, long nowMillis) {
    List<Outcome> ended = endAll(LeaseEnd.RELEASED, command.reason(), nowMillis);
    int stuck = table.all().size();
    Outcome reply =
        outcomes.done(
            command.id(), "%d leases ended, %d pending".formatted(ended.size() - stuck, stuck));
    ended.add(reply);
    return new CommandResult(reply, ended);
  }

  /** Ends all leases and restores the prior state; {@link #expire} retries failures. */
  public List<Outcome> endAll(LeaseEnd end, String why, long nowMillis) {
    List<Outcome> result = new ArrayList<>();
    for (Lease lease : List.copyOf(table.all())) {
      result.add(end(null, lease, end, why, nowMillis));
    }
    store();
    return result;
  }

  /** Ends expired leases and retries failed restores. */
  public List<Outcome> expire(long nowMillis) {
    List<Lease> due = table.due(nowMillis);
    List<Outcome> result = new ArrayList<>();
    for (Lease lease : due) {
      LeaseEnd begun = lease.ending();
      Outcome outcome =
          begun == null
              ? end(null, lease, LeaseEnd.EXPIRED, "lease expired", nowMillis)
              : end(null, lease, begun, "restored after a retry", nowMillis);
      if (begun == null || table.find(lease.id()).isEmpty()) {
        result.add(outcome);
      }
    }
    List<Outcome> restored = recovery.restore(table);
    result.addAll(restored);
    if (groupsLeft) {
      result.addAll(sweep());
    }
    if (!due.isEmpty() || !restored.isEmpty() || storeFault.isPresent()) {
      store();
    }
    return result;
  }

  /**
   * Ends the leases whose workers are no longer the disk's, or whose restraint was changed outside.
   */
  public List<Outcome> endOrphans(CurrentMapping mapping, long nowMillis) {
    List<Outcome> result =
        endIf(LeaseEnd.GONE, lease -> ending.orphaned(lease, mapping), nowMillis);
    result.addAll(endUndone(nowMillis));
    return result;
  }

  /** Ends the leases whose priority or limit was changed outside. */
  public List<Outcome> endUndone(long nowMillis) {
    return endIf(LeaseEnd.UNDONE, ending::undone, nowMillis);
  }

  /**
   * Ends the leases that starve their disk.
   *
   * @param disks the state of a lease's disk; empty when unreadable
   */
  public List<Outcome> endStarved(Function<Lease, Optional<DiskProgress>> disks, long nowMillis) {
    starvation.keep(table.all());
    return endIf(
        LeaseEnd.STARVED,
        lease -> starvation.check(lease, disks.apply(lease), nowMillis),
        nowMillis);
  }

  private List<Outcome> endIf(
      LeaseEnd end, Function<Lease, Optional<String>> reason, long nowMillis) {
    List<Outcome> result = new ArrayList<>();
    for (Lease lease : List.copyOf(table.all())) {
      if (lease.ending() == null) {
        reason.apply(lease).ifPresent(why -> result.add(end(null, lease, end, why, nowMillis)));
      }
    }
    if (!result.isEmpty()) {
      store();
    }
    return result;
  }

  /** Ends a lease whose restraint was changed outside; it is neither renewed nor changed. */
  private Optional<Outcome> endUndone(Command command, Lease lease, long nowMillis) {
    Optional<String> what = lease.ending() == null ? ending.undone(lease) : Optional.empty();
    Optional<Outcome> ended = what.map(why -> end(command, lease, LeaseEnd.UNDONE, why, nowMillis));
    if (ended.isPresent()) {
      store();
    }
    return ended;
  }

  /** Sets active priorities again where the scheduler has become bfq. */
  public List<Outcome> setAgain(CurrentMapping mapping, long nowMillis) {
    schedulers.keep(table.all());
    List<Outcome> result = new ArrayList<>();
    for (Lease lease : table.all()) {
      Optional<String> change =
          mapping.find(lease.disk()).flatMap(disk -> schedulers.becameBfq(lease, disk));
      IoPriority priority = lease.priority();
      if (change.isPresent() && priority != null && lease.ending() == null) {
        result.add(setAgain(lease, priority, change.get(), nowMillis));
      }
    }
    return result;
  }

  private Outcome setAgain(Lease lease, IoPriority priority, String why, long nowMillis) {
    List<WorkerChange> changes = new ArrayList<>();
    StringBuilder detail =
        new StringBuilder(why).append("; ").append(priority).append(" is set again");
    Result result = Result.RENEWED;
    for (LeasedWorker worker : lease.workers()) {
      if (workers.takenOver(worker)) {
        continue;
      }
      switch (workers.set(worker, priority)) {
        case ReadResult.Present<WorkerChange>(WorkerChange change) -> changes.add(change);
        case ReadResult<WorkerChange> none -> {
          result = Result.FAILED;
          detail.append("; failed: ").append(none.describe());
        }
      }
    }
    return outcomes.of(
        null, lease, result, detail.toString(), changes, lease.remainingMillis(nowMillis));
  }

  /**
   * Recovers the state of an earlier run: intact leases are resumed or restored; content of damaged
   * or outdated records is restored.
   *
   * @param uptimeTicks current uptime in 1/100 s
   */
  public List<Outcome> recover(FoundLeases found, long uptimeTicks, long nowMillis) {
    if (found.equals(FoundLeases.NOTHING)) {
      return List.of();
    }
    if (found.lost()) {
      recovery.lost(uptimeTicks);
    }
    List<Outcome> result = new ArrayList<>();
    found.stored().ifPresent(stored -> result.addAll(recover(stored, nowMillis)));
    for (SalvagedLeases salvaged : found.salvaged()) {
      if (salvaged.boot().equals(boot)) {
        result.addAll(restore(salvaged, nowMillis));
      }
    }
    result.addAll(recovery.restore(table));
    recovery.removeEnded();
    store();
    return result;
  }

  private List<Outcome> restore(SalvagedLeases salvaged, long nowMillis) {
    List<Outcome> result = new ArrayList<>();
    for (Lease lease : salvaged.leases()) {
      List<LeasedWorker> free =
          lease.workers().stream().filter(worker -> !table.contains(worker.id())).toList();
      if (table.find(lease.id()).isPresent() || table.full()) {
        recovery.add(free);
      } else if (!free.isEmpty()) {
        String why = "its lease record is damaged or outdated";
        result.add(end(null, lease.with(free), LeaseEnd.RECOVERED, why, nowMillis));
      }
    }
    recovery.add(salvaged.workers());
    recovery.addNamed(salvaged.named().stream().filter(id -> !table.contains(id)).toList());
    return result;
  }

  /** Checks proven workers after a lease record was lost or recovery. */
  public List<Outcome> examine(CurrentMapping mapping) {
    if (!recovery.examines()) {
      return List.of();
    }
    PendingRestores before = recovery.pending();
    List<Outcome> result = new ArrayList<>(recovery.examine(mapping.disks(), table));
    result.addAll(recovery.restore(table));
    recovery.removeEnded();
    if (!recovery.pending().equals(before)) {
      store();
    }
    return result;
  }

  /** Resumes or restores the stored leases of an earlier run. */
  List<Outcome> recover(StoredLeases stored, long nowMillis) {
    gate.restoreEpoch(stored.epoch());
    List<Outcome> result = new ArrayList<>();
    if (stored.boot().equals(boot)) {
      recovery.add(stored.pending());
    }
    for (Lease lease : stored.leases()) {
      if (!stored.boot().equals(boot)) {
        String detail = "the host rebooted; the lease's threads no longer exist";
        result.add(outcomes.of(null, lease, Result.GONE, detail, List.of(), null));
        continue;
      }
      table = table.with(lease);
      Optional<String> flaw = ending.whyNotResumable(lease, nowMillis);
      String detail = "resumed after a restart of the agent";
      long left = lease.remainingMillis(nowMillis);
      result.add(
          flaw.isPresent()
              ? end(null, lease, LeaseEnd.RECOVERED, flaw.get(), nowMillis)
              : outcomes.of(null, lease, Result.ADOPTED, detail, List.of(), left));
    }
    store();
    return result;
  }

  /**
   * Removes our cgroups without a lease, left by an earlier run whose lease file was lost. {@link
   * #expire} retries failures.
   */
  public List<Outcome> sweep() {
    List<Outcome> result = new ArrayList<>();
    boolean before = groupsLeft;
    ReadResult<List<String>> found = groups.limits().groups();
    groupsLeft = found instanceof ReadResult.Failed;
    for (String group : found.orElse(List.of())) {
      if (table.all().stream().noneMatch(lease -> lease.group().equals(group))) {
        Optional<String> fault = groups.limits().remove(group);
        groupsLeft |= fault.isPresent();
        if (fault.isEmpty() || !before) {
          String what =
              fault
                  .map(why -> "could not be removed, will retry: " + why)
                  .orElse("was removed; its tasks are no longer limited");
          result.add(outcomes.done(null, "cgroup %s has no lease and %s".formatted(group, what)));
        }
      }
    }
    return result;
  }

  /** Number of tasks without a lease that still must be restored after a record was damaged. */
  public int unrestored() {
    PendingRestores pending = recovery.pending();
    return pending.workers().size() + pending.named().size();
  }

  /** Whether limits are available on this host. */
  public boolean limitAvailable() {
    return groups.limits().unavailable().isEmpty();
  }

  private Outcome end(
      @Nullable Command command, Lease lease, LeaseEnd end, String why, long nowMillis) {
    LeaseEnding.Ended ended =
        ending.end(command == null ? null : command.id(), lease, end, why, nowMillis);
    table = ended.rest().map(table::with).orElseGet(() -> table.without(lease.id()));
    gate.markEnded(lease.id());
    return ended.outcome();
  }

  private Optional<String> store() {
    storeFault =
        store.save(
            new StoredLeases(boot, gate.epoch(), List.copyOf(table.all()), recovery.pending()));
    if (storeFault.isEmpty()) {
      storedEpoch = gate.epoch();
    }
    return storeFault;
  }
}
