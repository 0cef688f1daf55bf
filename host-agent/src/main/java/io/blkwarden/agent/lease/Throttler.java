package io.blkwarden.agent.lease;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.CommandGate.CommandResult;
import io.blkwarden.agent.lease.CommandGate.ReceivedCommand;
import io.blkwarden.agent.lease.LeaseStore.FoundLeases;
import io.blkwarden.agent.lease.LeaseStore.SalvagedLeases;
import io.blkwarden.agent.lease.LeaseStore.StoredLeases;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.message.Outcome.Refusal;
import io.blkwarden.model.message.Outcome.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Carries out commands and ends leases in time: the owner of the lease table.
 *
 * <p>A lease is stored before the first priority is changed, so that a crash at any point leaves
 * either nothing changed or a record of what to restore. Not safe for use by several threads.
 */
public final class Throttler {
  private final CommandGate gate;
  private final DiskGate diskGate;
  private final WorkerPriorities workers;
  private final LimitGroups limits;
  private final WorkerGroups groups;
  private final LeaseEnding ending;
  private final LeaseRecovery damaged;
  private final Tasks tasks;
  private final StarvationGuard starvation = new StarvationGuard();
  private final SchedulerWatch schedulers = new SchedulerWatch();
  private final LeaseStore store;
  private final Outcomes outcomes;
  private final UUID boot;
  private LeaseTable table = LeaseTable.EMPTY;
  private long storedEpoch;
  private Optional<String> storeFault = Optional.empty();
  private boolean groupsLeft;

  /** Makes a throttler without leases; {@link #recover} takes over those of an earlier run. */
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
    this.limits = limits;
    this.groups = new WorkerGroups(workers, limits);
    this.ending = new LeaseEnding(workers, groups, outcomes);
    this.damaged = new LeaseRecovery(workers, outcomes);
    this.tasks = tasks;
    this.store = store;
    this.outcomes = outcomes;
    this.storedEpoch = gate.epoch();
  }

  /** All leases. */
  public LeaseTable table() {
    return table;
  }

  /** The highest claim of a controller that was seen. */
  public long epoch() {
    return gate.epoch();
  }

  /** Whether it lets any {@code set} through. */
  public boolean acting() {
    return gate.acting();
  }

  /** Why the leases, or a copy of them, could not be stored the last time; empty when all were. */
  public Optional<String> storeFault() {
    return storeFault.or(store::degraded);
  }

  /**
   * Decides on a command and carries it out.
   *
   * @param snapshot hands the whole mapping to the bus, and says why it cannot be sent
   */
  public CommandResult handle(
      ReceivedCommand received,
      CurrentMapping mapping,
      Supplier<Optional<String>> snapshot,
      long nowMillis) {
    Command command = received.command();
    Verdict verdict = gate.decide(received, mapping, table, nowMillis);
    if (verdict instanceof Verdict.Repeat(Outcome before)) {
      return new CommandResult(before, List.of());
    }
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
                  .held()
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
      case Verdict.NotHeld(CommandAction.Reset reset) ->
          CommandResult.of(outcomes.notHeld(command.id(), reset.lease()));
      case Verdict.ReleaseAll() -> releaseAll(command, nowMillis);
      case Verdict.SendSnapshot() ->
          CommandResult.of(
              snapshot
                  .get()
                  .map(why ->
                      outcomes.failed(command.id(), "the snapshot was not published: " + why))
                  .orElseGet(() -> outcomes.done(command.id(), "a snapshot is published")));
      case Verdict.SameMapping() ->
          CommandResult.of(
              outcomes.done(command.id(), "no snapshot: the sender knows of this mapping"));
      case Verdict.Repeat(Outcome before) -> new CommandResult(before, List.of());
      case Verdict.Refuse(Refusal refusal, String detail) ->
          CommandResult.of(refuse(command, refusal, detail));
    };
  }

  private Outcome refuse(Command command, Refusal refusal, String detail) {
    return switch (command.action()) {
      case CommandAction.Set set ->
          outcomes.refused(command.id(), set.lease(), set.domain(), set.vdev(), refusal, detail);
      case CommandAction.Reset _, CommandAction.ReleaseAll _, CommandAction.Snapshot _ ->
          outcomes.refused(command.id(), refusal, detail);
    };
  }

  private Outcome apply(Command command, Verdict.Apply apply, long nowMillis) {
    Optional<String> objection = diskGate.objection(apply.disk());
    if (objection.isPresent()) {
      return refuse(command, Refusal.GATE, objection.get());
    }
    LeaseStart start =
        LeaseStart.prepare(workers, groups, apply, damaged, command.reason(), nowMillis);
    if (start instanceof LeaseStart.Refused(String detail)) {
      return refuse(command, Refusal.GATE, detail);
    }
    Lease lease = ((LeaseStart.Prepared) start).lease();
    LeaseTable before = table;
    table = table.with(lease);
    Optional<String> fault = store();
    if (fault.isPresent()) {
      table = before;
      String detail = "nothing is changed, for the lease cannot be stored: " + fault.get();
      return outcomes.of(command.id(), lease, Result.FAILED, detail, List.of(), null);
    }
    return switch (LeaseStart.carryOut(workers, groups, lease)) {
      case LeaseStart.Set(Lease settled, List<Outcome.WorkerChange> changes) -> {
        table = table.with(settled);
        damaged.heldBy(settled);
        store();
        // Now and not with the next scan: the scheduler may have changed by then.
        schedulers.begin(settled, apply.disk());
        String detail =
            "%d workers set to %s: %s".formatted(changes.size(), lease.restraint(), lease.reason());
        yield outcomes.of(
            command.id(),
            settled,
            Result.APPLIED,
            detail,
            changes,
            settled.remainingMillis(nowMillis));
      }
      case LeaseStart.Failed(String cause) -> {
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
      String detail = "the lease runs as before, for it cannot be stored: " + fault.get();
      return outcomes.of(
          command.id(), lease, Result.FAILED, detail, List.of(), lease.remainingMillis(nowMillis));
    }
    return outcomes.of(
        command.id(),
        renewed,
        Result.RENEWED,
        command.reason(),
        List.of(),
        renewed.remainingMillis(nowMillis));
  }

  private CommandResult releaseAll(Command command, long nowMillis) {
    List<Outcome> ended = endAll(LeaseEnd.RELEASED, command.reason(), nowMillis);
    int stuck = table.all().size();
    Outcome reply =
        outcomes.done(
            command.id(),
            "%d leases ended, %d could not be yet".formatted(ended.size() - stuck, stuck));
    List<Outcome> published = new ArrayList<>(ended);
    published.add(reply);
    return new CommandResult(reply, published);
  }

  /** Ends all leases: what was there before is back, or is tried again with each tick. */
  public List<Outcome> endAll(LeaseEnd end, String why, long nowMillis) {
    List<Outcome> result = new ArrayList<>();
    for (Lease lease : List.copyOf(table.all())) {
      result.add(end(null, lease, end, why, nowMillis));
    }
    store();
    return result;
  }

  /** Ends the leases whose time is over, and tries again what could not be restored. */
  public List<Outcome> expire(long nowMillis) {
    List<Lease> due = table.due(nowMillis);
    List<Outcome> result = new ArrayList<>();
    for (Lease lease : due) {
      LeaseEnd begun = lease.ending();
      Outcome outcome =
          begun == null
              ? end(null, lease, LeaseEnd.EXPIRED, "its time is over", nowMillis)
              : end(null, lease, begun, "restored after all", nowMillis);
      if (begun == null || table.find(lease.id()).isEmpty()) {
        result.add(outcome);
      }
    }
    List<Outcome> restored = damaged.restore(table);
    result.addAll(restored);
    if (groupsLeft) {
      result.addAll(sweep());
    }
    if (!due.isEmpty() || !restored.isEmpty() || storeFault.isPresent()) {
      store();
    }
    return result;
  }

  /** Ends the leases whose workers are no longer those of the disk, or whose limit is undone. */
  public List<Outcome> endOrphans(CurrentMapping mapping, long nowMillis) {
    List<Outcome> result = new ArrayList<>();
    for (Lease lease : List.copyOf(table.all())) {
      Optional<String> why = ending.orphaned(lease, mapping);
      if (lease.ending() == null && why.isPresent()) {
        result.add(end(null, lease, LeaseEnd.GONE, why.get(), nowMillis));
      } else {
        endUndone(null, lease, nowMillis).ifPresent(result::add);
      }
    }
    if (!result.isEmpty()) {
      store();
    }
    return result;
  }

  /** Ends the leases whose priority or limit someone else has changed. */
  public List<Outcome> endUndone(long nowMillis) {
    List<Outcome> result = new ArrayList<>();
    for (Lease lease : List.copyOf(table.all())) {
      endUndone(null, lease, nowMillis).ifPresent(result::add);
    }
    return result;
  }

  /** Ends a lease if someone else has undone it: it is neither renewed nor changed then. */
  private Optional<Outcome> endUndone(@Nullable Command command, Lease lease, long nowMillis) {
    Optional<String> what = lease.ending() == null ? ending.undone(lease) : Optional.empty();
    Optional<Outcome> ended = what.map(why -> end(command, lease, LeaseEnd.UNDONE, why, nowMillis));
    if (ended.isPresent()) {
      store();
    }
    return ended;
  }

  /** Ends the leases that hold back what must not wait. */
  public List<Outcome> endStarved(CurrentMapping mapping, ThrottledDisks disks, long nowMillis) {
    starvation.keep(table.all());
    List<Outcome> result = new ArrayList<>();
    for (Lease lease : List.copyOf(table.all())) {
      Optional<ThrottledDisks.Sight> sight = mapping.find(lease.disk()).flatMap(disks::see);
      Optional<String> why =
          lease.ending() == null ? starvation.look(lease, sight, nowMillis) : Optional.empty();
      why.ifPresent(reason -> result.add(end(null, lease, LeaseEnd.STARVED, reason, nowMillis)));
    }
    if (!result.isEmpty()) {
      store();
    }
    return result;
  }

  /** Sets held priorities again below which the scheduler has become bfq. */
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
    List<Outcome.WorkerChange> changes = new ArrayList<>();
    StringBuilder detail =
        new StringBuilder(why).append("; ").append(priority).append(" is set again");
    Result result = Result.RENEWED;
    for (LeasedWorker worker : lease.workers()) {
      if (workers.takenOver(worker)) {
        continue;
      }
      switch (workers.set(worker, priority)) {
        case WorkerPriorities.Change.Done(Outcome.WorkerChange change) -> changes.add(change);
        case WorkerPriorities.Change.Failed(String cause) -> {
          result = Result.FAILED;
          detail.append("; not so: ").append(cause);
        }
      }
    }
    return outcomes.of(
        null, lease, result, detail.toString(), changes, lease.remainingMillis(nowMillis));
  }

  /**
   * Takes over what an earlier run left: intact leases go on, are restored, or are gone; what only
   * a damaged or outdated record has is restored.
   *
   * @param uptimeTicks now, in 1/100 s since boot
   */
  public List<Outcome> recover(FoundLeases found, long uptimeTicks, long nowMillis) {
    if (found.equals(FoundLeases.NOTHING)) {
      return List.of();
    }
    if (found.lost()) {
      damaged.lost(uptimeTicks);
    }
    List<Outcome> result = new ArrayList<>();
    found.stored().ifPresent(stored -> result.addAll(recover(stored, nowMillis)));
    for (SalvagedLeases salvaged : found.salvaged()) {
      if (salvaged.boot().equals(boot)) {
        result.addAll(restore(salvaged, nowMillis));
      }
    }
    result.addAll(damaged.restore(table));
    damaged.forgetEnded(tasks);
    store();
    return result;
  }

  private List<Outcome> restore(SalvagedLeases salvaged, long nowMillis) {
    List<Outcome> result = new ArrayList<>();
    for (Lease lease : salvaged.leases()) {
      List<LeasedWorker> free =
          lease.workers().stream().filter(worker -> !table.holds(worker.id())).toList();
      if (table.find(lease.id()).isPresent() || table.full()) {
        damaged.add(free);
      } else if (!free.isEmpty()) {
        String why = "its record was damaged or is outdated";
        result.add(end(null, lease.with(free), LeaseEnd.RECOVERED, why, nowMillis));
      }
    }
    damaged.add(salvaged.workers());
    damaged.addNamed(salvaged.named().stream().filter(id -> !table.holds(id)).toList());
    return result;
  }

  /** Looks at proven workers for what a lost or damaged record of leases has left. */
  public List<Outcome> examine(CurrentMapping mapping) {
    if (!damaged.examines()) {
      return List.of();
    }
    PendingRestores before = damaged.pending();
    List<Outcome> result = new ArrayList<>(damaged.examine(mapping.disks(), table));
    result.addAll(damaged.restore(table));
    damaged.forgetEnded(tasks);
    if (!damaged.pending().equals(before)) {
      store();
    }
    return result;
  }

  /** Takes over the leases that an earlier run stored: each goes on, is restored, or is gone. */
  List<Outcome> recover(StoredLeases stored, long nowMillis) {
    gate.learn(stored.epoch());
    List<Outcome> result = new ArrayList<>();
    if (stored.boot().equals(boot)) {
      damaged.add(stored.pending());
    }
    for (Lease lease : stored.leases()) {
      if (!stored.boot().equals(boot)) {
        String detail = "the host was started anew, its threads are gone";
        result.add(outcomes.of(null, lease, Result.GONE, detail, List.of(), null));
        continue;
      }
      table = table.with(lease);
      Optional<String> flaw = ending.flaw(lease, nowMillis);
      result.add(
          flaw.isPresent()
              ? end(null, lease, LeaseEnd.RECOVERED, flaw.get(), nowMillis)
              : outcomes.of(
                  null,
                  lease,
                  Result.ADOPTED,
                  "found after a restart of the agent, as it was left",
                  List.of(),
                  lease.remainingMillis(nowMillis)));
    }
    store();
    return result;
  }

  /**
   * Removes groups of ours that no lease has: what an earlier run left whose file was lost. What
   * cannot be removed is tried again by {@link #expire}.
   */
  public List<Outcome> sweep() {
    List<Outcome> result = new ArrayList<>();
    boolean before = groupsLeft;
    ReadResult<List<String>> groups = limits.groups();
    groupsLeft = groups instanceof ReadResult.Failed;
    for (String group : groups.orElse(List.of())) {
      if (table.all().stream().noneMatch(lease -> lease.group().equals(group))) {
        Optional<String> fault = limits.remove(group);
        groupsLeft |= fault.isPresent();
        if (fault.isEmpty() || !before) {
          String what =
              fault
                  .map(why -> "cannot be removed, and is tried again: " + why)
                  .orElse("is removed, and tasks in it are limited no more");
          result.add(
              outcomes.done(null, "the cgroup %s has no lease and %s".formatted(group, what)));
        }
      }
    }
    return result;
  }

  /** How many tasks under no lease are still to be restored after a record was damaged. */
  public int unrestored() {
    PendingRestores pending = damaged.pending();
    return pending.workers().size() + pending.named().size();
  }

  /** Whether limits can be set on this host. */
  public boolean limitAvailable() {
    return limits.unavailable().isEmpty();
  }

  private Outcome end(
      @Nullable Command command, Lease lease, LeaseEnd end, String why, long nowMillis) {
    LeaseEnding.Ended ended =
        ending.end(command == null ? null : command.id(), lease, end, why, nowMillis);
    table = ended.rest().map(table::with).orElseGet(() -> table.without(lease.id()));
    gate.over(lease.id());
    return ended.outcome();
  }

  private Optional<String> store() {
    storeFault =
        store.save(
            new StoredLeases(boot, gate.epoch(), List.copyOf(table.all()), damaged.pending()));
    if (storeFault.isEmpty()) {
      storedEpoch = gate.epoch();
    }
    return storeFault;
  }
}
