package io.blkwarden.agent.lease;

import static io.blkwarden.model.message.Outcome.Refusal;

import io.blkwarden.model.DiskKey;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Require;
import io.blkwarden.model.UnresolvedReason;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerId;
import io.blkwarden.model.WorkerKind;
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
 * Decides what is to be done with a command, from nothing but what is known: no file is read here.
 *
 * <p>It remembers the highest epoch seen, and the outcomes of the last {@link #REMEMBERED} commands
 * so that one that comes again is not done again; an older one that comes again is judged anew. A
 * lease that has ended never begins again, for its issuer may have forgotten it: the last {@link
 * #REMEMBERED} are known, those of an earlier run that were restored at the start too. Not safe for
 * use by several threads.
 */
public final class CommandGate {
  /** How many outcomes are remembered; the oldest give way. */
  public static final int REMEMBERED = 1024;

  /**
   * Highest epoch that is obeyed or remembered. Epochs are seconds since 1970 or a little more; the
   * clocks of host and controller need not agree, so this bound is far above every clock. It leaves
   * room for a controller to command above what any agent remembers.
   */
  public static final long EPOCH_MAX = 1L << 53;

  private final HostId host;
  private final boolean readOnly;
  private final Map<MessageId, Outcome> recent = new LinkedHashMap<>();
  private final Set<MessageId> over = new LinkedHashSet<>();
  private long epoch;

  /**
   * Makes a gate.
   *
   * @param host whose commands it accepts
   * @param readOnly whether it refuses every {@code set}; leases may still be ended
   * @param epoch highest epoch seen before
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

  /** Whether it lets any {@code set} through. */
  public boolean acting() {
    return !readOnly;
  }

  /** Takes over an epoch that was stored by an earlier run; one that cannot be right is not. */
  void learn(long storedEpoch) {
    epoch = storedEpoch > EPOCH_MAX ? epoch : Math.max(epoch, storedEpoch);
  }

  /** Keeps an outcome for the same command coming again. */
  void remember(MessageId command, Outcome outcome) {
    recent.put(command, outcome);
    if (recent.size() > REMEMBERED) {
      recent.remove(recent.keySet().iterator().next());
    }
  }

  /** Keeps that a lease has ended, or is ending. */
  void over(MessageId lease) {
    over.add(lease);
    if (over.size() > REMEMBERED) {
      over.remove(over.iterator().next());
    }
  }

  /** Decides; only {@link #epoch()} changes by it. */
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
          "expected to be done within %d ms of its arrival, waited %d ms"
              .formatted(command.expiresInMs(), waitedMillis));
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
      case CommandAction.Set set -> decideSet(set, mapping, table, nowMillis);
      case CommandAction.Reset reset ->
          table
              .find(reset.lease())
              .<Verdict>map(Verdict.Release::new)
              .orElseGet(() -> new Verdict.NotHeld(reset));
      case CommandAction.ReleaseAll _ -> new Verdict.ReleaseAll();
      case CommandAction.Snapshot snapshot ->
          mapping.at().equals(snapshot.unless())
              ? new Verdict.SameMapping()
              : new Verdict.SendSnapshot();
    };
  }

  private Verdict decideSet(
      CommandAction.Set set, CurrentMapping mapping, LeaseTable table, long nowMillis) {
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
    return objection(set, disk, mapping).orElseGet(() -> decideLease(set, disk, table, nowMillis));
  }

  private static Optional<Verdict> objection(
      CommandAction.Set set, MappedDisk disk, CurrentMapping mapping) {
    if (!disk.domain().sameIncarnation(set.domain())) {
      return Optional.of(
          refuse(
              Refusal.STALE_MAPPING,
              "expected domid %d, found %d"
                  .formatted(disk.domain().domid(), set.domain().domid())));
    }
    if (disk.state() != MappingState.RESOLVED) {
      UnresolvedReason reason = disk.reason();
      return Optional.of(
          refuse(
              Refusal.UNRESOLVED,
              "the disk is %s%s"
                  .formatted(disk.state().wire(), reason == null ? "" : ": " + reason.wire())));
    }
    Optional<Worker> foreign =
        disk.workers().stream().filter(w -> w.kind() != WorkerKind.BLKBACK).findFirst();
    if (foreign.isPresent()) {
      return Optional.of(
          refuse(
              Refusal.UNRESOLVED,
              "expected blkback threads only, found %s %d"
                  .formatted(foreign.get().kind().wire(), foreign.get().pid())));
    }
    Set<WorkerId> present = ids(disk);
    if (!present.equals(Set.copyOf(set.workers()))) {
      return Optional.of(
          refuse(
              Refusal.STALE_MAPPING,
              "expected workers %s, found %s".formatted(present, set.workers())));
    }
    return mapping
        .sharing(disk)
        .map(other ->
            refuse(
                Refusal.GATE,
                "a worker of it is also one of %s %s"
                    .formatted(other.domain().name(), other.disk().vdev())));
  }

  private Verdict decideLease(
      CommandAction.Set set, MappedDisk disk, LeaseTable table, long nowMillis) {
    Optional<Lease> held = table.find(set.lease());
    if (held.isEmpty()) {
      if (over.contains(set.lease())) {
        return refuse(
            Refusal.EXPIRED,
            "lease %s has ended: expected the id of a new one".formatted(set.lease()));
      }
      Optional<Lease> holder = table.holder(disk.key(), ids(disk));
      if (holder.isPresent()) {
        return refuse(Refusal.HELD, "lease %s holds the disk".formatted(holder.get().id()));
      }
      if (table.full()) {
        return refuse(
            Refusal.TOO_MANY_LEASES, "expected at most %d leases".formatted(LeaseTable.MAX_LEASES));
      }
      return new Verdict.Apply(set, disk, Optional.empty());
    }
    Lease lease = held.get();
    if (!lease.disk().equals(disk.key())) {
      return refuse(Refusal.HELD, "lease %s holds %s".formatted(lease.id(), lease.disk()));
    }
    if (lease.ending() != null) {
      return refuse(Refusal.HELD, "lease %s is ending".formatted(lease.id()));
    }
    if (!lease.workerIds().equals(ids(disk))) {
      return refuse(
          Refusal.STALE_MAPPING,
          "lease %s holds %s, and the disk has %s now"
              .formatted(lease.id(), lease.workerIds(), ids(disk)));
    }
    return lease.restraint().equals(set.restraint())
        ? new Verdict.Renew(lease, nowMillis + set.leaseMs())
        : new Verdict.Apply(set, disk, held);
  }

  private static Set<WorkerId> ids(MappedDisk disk) {
    List<Worker> workers = disk.workers();
    return workers.stream().map(Worker::id).collect(Collectors.toUnmodifiableSet());
  }

  private static Verdict refuse(Refusal refusal, String detail) {
    return new Verdict.Refuse(refusal, detail);
  }

  /**
   * A command with the time of its arrival.
   *
   * @param command what is asked
   * @param arrivedAtMillis when it came, in ms of CLOCK_MONOTONIC
   */
  public record ReceivedCommand(Command command, long arrivedAtMillis) {
    public ReceivedCommand {
      Require.present(command, "command");
    }
  }

  /**
   * What became of a command.
   *
   * @param reply the answer to its issuer
   * @param published the outcomes to put on record: the reply too, unless it only repeats
   */
  public record CommandResult(Outcome reply, List<Outcome> published) {
    public CommandResult {
      published = List.copyOf(published);
    }

    static CommandResult of(Outcome reply) {
      return new CommandResult(reply, List.of(reply));
    }
  }
}
