package io.blkwarden.agent.mapping;

import io.blkwarden.agent.mapping.Candidates.Pair;
import io.blkwarden.agent.mapping.Evidence.DomainSet;
import io.blkwarden.agent.mapping.Evidence.Tie;
import io.blkwarden.agent.mapping.ProofTable.ProvenPair;
import io.blkwarden.agent.mapping.Vbd.Connection;
import io.blkwarden.agent.mapping.Vbd.Slot;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Proof;
import io.blkwarden.model.WorkerId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Maps disks to the threads that serve them, by proof only.
 *
 * <p>The proofs, in order: the backend's {@code kthread-pid} keys; an untruncated, unique name;
 * matching counters, twice; a traced bio; elimination. Order and rates of I/O are never used. A
 * disk is resolved when each of its rings has a proven thread, no thread is proven for two disks,
 * and no unproven thread may be another of its rings; otherwise it is unresolved with a reason. If
 * two proofs conflict, all disks concerned are unresolved until one of them ends.
 *
 * <p>Pure: the same snapshot and evidence give the same resolution. An incomplete snapshot resolves
 * nothing and keeps no evidence.
 */
public final class MappingResolver {
  private final DiskBuilder disks;

  /** A resolver with these role patterns. */
  public MappingResolver(RolePatterns roles) {
    this.disks = new DiskBuilder(roles);
  }

  /** Resolves a snapshot with the evidence of the previous resolution. */
  public Resolution resolve(HostSnapshot snapshot, Evidence before) {
    if (!snapshot.complete()) {
      Host host = new Host(snapshot);
      return new Resolution(
          disks.build(host, _ -> DiskState.unreadable()), Evidence.none(), Set.of());
    }
    ProofContext context = ProofContext.of(snapshot, before);
    ProofTable table = new ProofTable();
    Proofs.provePids(context, table);
    Proofs.proveNames(context, table);
    addEarlierProofs(context, table);
    Map<Tie, Long> brackets = Proofs.proveCounters(context, table);
    Proofs.proveBios(context, table);

    Map<Integer, DomainSet> domains = domains(context);
    Map<Slot, DiskState> certain = states(context, table);
    Proofs.proveByElimination(
        context,
        before.domains(),
        domains,
        vbd -> certain.get(vbd.slot()) instanceof DiskState.Resolved,
        table);
    Map<Slot, DiskState> states = states(context, table);

    Evidence next =
        new Evidence(
            snapshot.uptimeTicks(),
            context.history().disks(),
            proofsToKeep(table),
            brackets,
            context.history().leftovers(),
            domains,
            context.waits());
    return new Resolution(
        disks.build(context.host(), vbd -> DiskState.at(states, vbd)),
        next,
        devicesToTrace(context, states));
  }

  /** Adds earlier proofs of threads and connections that still exist. */
  private static void addEarlierProofs(ProofContext context, ProofTable table) {
    Map<Tie, Proof> earlier = context.history().proofs();
    for (Vbd vbd : context.host().vbds()) {
      vbd.connection()
          .ifPresent(connection ->
              context
                  .candidates()
                  .of(vbd)
                  .forEach(pair -> {
                    Proof proof = earlier.get(new Tie(pair.thread().id(), connection));
                    if (proof != null) {
                      table.add(pair, proof);
                    }
                  }));
    }
  }

  private static Map<Tie, Proof> proofsToKeep(ProofTable table) {
    Map<Tie, Proof> lasting = new HashMap<>();
    for (ProvenPair match : table.all()) {
      if (match.proof() == Proof.COUNTER_BRACKET || match.proof() == Proof.TRACED_BIO) {
        match
            .pair()
            .vbd()
            .connection()
            .ifPresent(connection ->
                lasting.put(new Tie(match.pair().thread().id(), connection), match.proof()));
      }
    }
    return lasting;
  }

  private static Map<Slot, DiskState> states(ProofContext context, ProofTable table) {
    Set<Slot> conflicting = table.conflicting();
    Map<Slot, DiskState> states = new HashMap<>();
    for (Vbd vbd : context.host().vbds()) {
      List<Pair> open =
          context.candidates().of(vbd).stream()
              .filter(pair -> !table.isProven(pair.thread()))
              .toList();
      states.put(
          vbd.slot(),
          DiskState.of(
              vbd,
              table.of(vbd),
              open,
              conflicting.contains(vbd.slot()),
              context.host().uptimeTicks(),
              context.waits()));
    }
    return states;
  }

  private static Map<Integer, DomainSet> domains(ProofContext context) {
    Map<Integer, DomainSet> sets = new HashMap<>();
    for (Vbd vbd : context.host().vbds()) {
      sets.computeIfAbsent(
          vbd.backend().domid(), domid -> domain(context, context.host().vbdsOf(domid)));
    }
    return sets;
  }

  private static DomainSet domain(ProofContext context, List<Vbd> vbds) {
    Set<Slot> slots = new HashSet<>();
    Set<Connection> connections = new HashSet<>();
    Set<WorkerId> threads = new HashSet<>();
    for (Vbd vbd : vbds) {
      slots.add(vbd.slot());
      vbd.connection().ifPresent(connections::add);
      context.candidates().of(vbd).forEach(pair -> threads.add(pair.thread().id()));
    }
    return new DomainSet(Set.copyOf(slots), Set.copyOf(connections), Set.copyOf(threads));
  }

  private static Set<DeviceNumber> devicesToTrace(
      ProofContext context, Map<Slot, DiskState> states) {
    Set<DeviceNumber> devices = new HashSet<>();
    for (Vbd vbd : context.host().vbds()) {
      DeviceNumber device = vbd.agreedDevice();
      if (device != null && DiskState.at(states, vbd).isAmbiguous()) {
        devices.add(device);
      }
    }
    return devices;
  }

  /**
   * The result of resolving a snapshot.
   *
   * @param disks every disk, resolved or not, by domid and handle
   * @param next evidence for the next resolution
   * @param devicesToTrace devices of disks that only their I/O can tell apart; trace these until
   *     they are no longer listed
   */
  public record Resolution(
      List<MappedDisk> disks, Evidence next, Set<DeviceNumber> devicesToTrace) {
    public Resolution {
      disks = List.copyOf(disks);
      devicesToTrace = Set.copyOf(devicesToTrace);
    }
  }
}
