package io.blkwarden.agent.lease;

import static io.blkwarden.model.message.Outcome.Refusal;

import io.blkwarden.model.DiskKey;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.UnresolvedReason;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerId;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Outcome;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Decides how to handle a command, without I/O.
 *
 * <p>It remembers the highest epoch, the outcomes of the last {@link #REMEMBERED} commands, so that
 * a repeated command is not carried out again, and the last {@link #REMEMBERED} ended leases,
 * including those restored at start-up: an ended lease never starts again, because its issuer may
 * have forgotten it. Not thread-safe.
 */
public final class CommandGate {
  /** Number of outcomes and of ended leases that are remembered. */
  public static final int REMEMBERED = 1024;

  /**
   * Highest valid epoch. Epochs start at seconds since 1970; clocks may differ, so the bound is far
   * above every clock, and a controller can always use an epoch above any that an agent remembers.
   */
  public static final long EPOCH_MAX = 1L << 53;

  private final HostId host;
  private final boolean readOnly;
  private final Map<MessageId, Outcome> recent = new LinkedHashMap<>();
  private final Set<MessageId> ended = new LinkedHashSet<>();
  private long epoch;

  /**
   * Creates a gate.
   *
   * @param host host whose commands are accepted
   * @param readOnly whether every {@code set} is refused; leases can still be ended
   * @param epoch highest known epoch
   */
  public CommandGate(HostId host, boolean readOnly, long epoch) {
    this.host = host;
    this.readOnly = readOnly;
    this.epoch = epoch;
  }

  /** The highest epoch seen. */
  public long epoch() {
    return epoch;
  }

  /** Whether {@code set} commands are accepted. */
  public boolean acting() {
    return !readOnly;
  }

  /** Restores an epoch stored by an earlier run, unless it is invalid. */
  void restoreEpoch(long storedEpoch) {
    epoch = storedEpoch > EPOCH_MAX ? epoch : Math.max(epoch, storedEpoch);
  }

  /** Remembers an outcome for repeated commands. */
  void remember(MessageId command, Outcome outcome) {
    recent.put(command, outcome);
    if (recent.size() > REMEMBERED) {
      recent.remove(recent.keySet().iterator().next());
    }
  }

  /** Remembers that a lease has ended or is ending. */
  void markEnded(MessageId lease) {
    ended.add(lease);
    if (ended.size() > REMEMBERED) {
      ended.remove(ended.iterator().next());
    }
  }

  /** Decides on a command; changes only {@link #epoch()}. */
  Verdict decide(
      ReceivedCommand received, CurrentMapping mapping, LeaseTable table, long nowMillis) {
    Command command = received.command();
    if (!command.host().equals(host)) {
      return refuse(
          Refusal.WRONG_HOST, "expected host %s, found %s".formatted(host, command.host()));
    }
    Outcome before = recent.get(command.id());
    if (before != null) {
      return new Verdict.Repeat(before);
    }
    long waitedMillis = nowMillis - received.arrivedAtMillis();
    if (waitedMillis > command.expiresInMs()) {
      return refuse(
          Refusal.EXPIRED,
          "expires %d ms after its arrival, waited %d ms"
              .formatted(command.expiresInMs(), waitedMillis));
    }
    if (received.local()) {
      return decideLocal(command.action(), mapping, table, nowMillis);
    }
    if (command.epoch() < epoch) {
      return refuse(
          Refusal.STALE_EPOCH,
          "expected epoch %d or newer, found %d from %s"
              .formatted(epoch, command.epoch(), command.issuedBy()));
    }
    if (command.epoch() > EPOCH_MAX) {
      return refuse(
          Refusal.MALFORMED,
          "epoch: expected at most %d, found %d".formatted(EPOCH_MAX, command.epoch()));
    }
    epoch = command.epoch();
    return switch (command.action()) {
      case CommandAction.Set set -> decideSet(set, false, mapping, table, nowMillis);
      case CommandAction.Reset reset -> decideReset(reset, table);
      case CommandAction.ReleaseAll _ -> new Verdict.ReleaseAll();
      case CommandAction.Snapshot snapshot ->
          mapping.at().equals(snapshot.unless())
              ? new Verdict.SameMapping()
              : new Verdict.SendSnapshot();
    };
  }

  /** Decides on a command from the host itself: its epoch, which is no leader's, is ignored. */
  private Verdict decideLocal(
      CommandAction action, CurrentMapping mapping, LeaseTable table, long nowMillis) {
    return switch (action) {
      case CommandAction.Set set when table.find(set.lease()).isPresent() ->
          refuse(
              Refusal.HELD, "lease %s is active: expected a new lease id".formatted(set.lease()));
      case CommandAction.Set set -> decideSet(set, true, mapping, table, nowMillis);
      case CommandAction.Reset reset -> decideReset(reset, table);
      case CommandAction.ReleaseAll _, CommandAction.Snapshot _ ->
          refuse(Refusal.MALFORMED, "action: expected set or reset from the host itself");
    };
  }

  private static Verdict decideReset(CommandAction.Reset reset, LeaseTable table) {
    return table
        .find(reset.lease())
        .<Verdict>map(Verdict.Release::new)
        .orElseGet(() -> new Verdict.UnknownLease(reset));
  }

  private Verdict decideSet(
      CommandAction.Set set,
      boolean local,
      CurrentMapping mapping,
      LeaseTable table,
      long nowMillis) {
    if (readOnly) {
      return refuse(Refusal.READ_ONLY, "this agent runs with --read-only");
    }
    if (!set.boot().equals(mapping.boot())) {
      return refuse(
          Refusal.STALE_MAPPING,
          "expected boot %s, found %s".formatted(mapping.boot(), set.boot()));
    }
    DiskKey key = DiskKey.of(set.domain(), set.vdev());
    Optional<MappedDisk> found = mapping.find(key);
    if (found.isEmpty()) {
      return refuse(Refusal.UNKNOWN_DISK, "no disk %s on this host".formatted(key));
    }
    MappedDisk disk = found.get();
    if (!disk.domain().sameIncarnation(set.domain())) {
      return refuse(
          Refusal.STALE_MAPPING,
          "expected domid %d, found %d".formatted(disk.domain().domid(), set.domain().domid()));
    }
    if (disk.state() != MappingState.RESOLVED) {
      UnresolvedReason reason = disk.reason();
      return refuse(
          Refusal.UNRESOLVED,
          "the disk is %s%s"
              .formatted(disk.state().wire(), reason == null ? "" : ": " + reason.wire()));
    }
    Set<WorkerId> present = ids(disk);
    if (!present.equals(Set.copyOf(set.workers()))) {
      return refuse(
          Refusal.STALE_MAPPING, "expected workers %s, found %s".formatted(present, set.workers()));
    }
    Optional<MappedDisk> sharing = mapping.sharing(disk);
    if (sharing.isPresent()) {
      return refuse(
          Refusal.GATE,
          "one of its workers is also a worker of domain=%s disk=%s"
              .formatted(sharing.get().domain().name(), sharing.get().disk().vdev()));
    }
    return decideLease(set, local, disk, table, nowMillis);
  }

  private Verdict decideLease(
      CommandAction.Set set, boolean local, MappedDisk disk, LeaseTable table, long nowMillis) {
    Optional<Lease> active = table.find(set.lease());
    if (active.isEmpty()) {
      if (ended.contains(set.lease())) {
        return refuse(
            Refusal.EXPIRED, "lease %s has ended: expected a new lease id".formatted(set.lease()));
      }
      Optional<Lease> holder = table.holder(disk.key(), ids(disk));
      if (holder.isPresent()) {
        return refuse(Refusal.HELD, "lease %s is active on the disk".formatted(holder.get().id()));
      }
      if (table.full()) {
        return refuse(
            Refusal.TOO_MANY_LEASES, "expected at most %d leases".formatted(LeaseTable.MAX_LEASES));
      }
      return new Verdict.Apply(set, disk, Optional.empty(), local);
    }
    Lease lease = active.get();
    if (!lease.disk().equals(disk.key())) {
      return refuse(Refusal.HELD, "lease %s is for disk %s".formatted(lease.id(), lease.disk()));
    }
    if (lease.local() != null) {
      return refuse(
          Refusal.HELD, "lease %s was set by an operator on the host".formatted(lease.id()));
    }
    if (lease.ending() != null) {
      return refuse(Refusal.HELD, "lease %s is ending".formatted(lease.id()));
    }
    if (!lease.workerIds().equals(ids(disk))) {
      return refuse(
          Refusal.STALE_MAPPING,
          "lease %s has workers %s, and the disk now has %s"
              .formatted(lease.id(), lease.workerIds(), ids(disk)));
    }
    return lease.restraint().equals(set.restraint())
        ? new Verdict.Renew(lease, nowMillis + set.leaseMs())
        : new Verdict.Apply(set, disk, active, local);
  }

  private static Set<WorkerId> ids(MappedDisk disk) {
    List<Worker> workers = disk.workers();
    return workers.stream().map(Worker::id).collect(Collectors.toUnmodifiableSet());
  }

  private static Verdict refuse(Refusal refusal, String detail) {
    return new Verdict.Refuse(refusal, detail);
  }

  /**
   * A command and its arrival time.
   *
   * @param command the command
   * @param arrivedAtMillis arrival time in ms of CLOCK_MONOTONIC
   * @param local whether an operator on the host issued it, not a controller
   */
  public record ReceivedCommand(Command command, long arrivedAtMillis, boolean local) {}

  /**
   * The result of a command.
   *
   * @param reply answer to the issuer
   * @param published outcomes to publish, including the reply unless it is a repetition
   */
  public record CommandResult(Outcome reply, List<Outcome> published) {
    public CommandResult {
      published = List.copyOf(published);
    }

    static CommandResult of(Outcome reply) {
      return new CommandResult(reply, List.of(reply));
    }
  }

  /** The decision on a command. */
  sealed interface Verdict {
    /**
     * Set a priority or a limit: a new lease, or another step of an active one.
     *
     * @param request the requested action
     * @param disk the disk with its workers
     * @param active the lease, if active
     * @param local whether an operator on the host requested it
     */
    record Apply(CommandAction.Set request, MappedDisk disk, Optional<Lease> active, boolean local)
        implements Verdict {}

    /**
     * Renew a lease.
     *
     * @param lease the lease
     * @param deadlineMillis new deadline
     */
    record Renew(Lease lease, long deadlineMillis) implements Verdict {}

    /**
     * End a lease.
     *
     * @param lease the lease
     */
    record Release(Lease lease) implements Verdict {}

    /**
     * Release an unknown lease, which counts as ended.
     *
     * @param reset the requested action
     */
    record UnknownLease(CommandAction.Reset reset) implements Verdict {}

    /** End all leases. */
    record ReleaseAll() implements Verdict {}

    /** Publish a snapshot of the mapping. */
    record SendSnapshot() implements Verdict {}

    /** Publish no snapshot, because the sender has this mapping. */
    record SameMapping() implements Verdict {}

    /**
     * The command was carried out before.
     *
     * @param outcome the earlier outcome
     */
    record Repeat(Outcome outcome) implements Verdict {}

    /**
     * Refuse the command.
     *
     * @param refusal kind of the reason
     * @param detail expected and found values
     */
    record Refuse(Outcome.Refusal refusal, String detail) implements Verdict {}
  }
}
