package io.blkwarden.agent.mapping;

import io.blkwarden.agent.mapping.Candidates.Pair;
import io.blkwarden.agent.mapping.Evidence.DomainSet;
import io.blkwarden.agent.mapping.Evidence.Tie;
import io.blkwarden.agent.mapping.Proofs.ProvenPair;
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
    Host host = new Host(snapshot);
    if (!snapshot.complete()) {
      return new Resolution(
          disks.build(host, _ -> DiskState.unreadable()), Evidence.none(), Set.of());
    }
    EvidenceHistory history = new EvidenceHistory(host, before);
    Candidates candidates = new Candidates(host, history);
    RingWaits waits = before.waits().at(host.uptimeTicks());
    Proofs proofs = new Proofs(host, history, candidates);
    proofs.provePids();
    proofs.proveNames();
    proofs.proveEarlier();
    Map<Tie, Long> brackets = proofs.proveCounters();
    proofs.proveBios();

    Map<Integer, DomainSet> domains = domains(host, candidates);
    Map<Slot, DiskState> certain = states(host, candidates, proofs, waits);
    proofs.proveByElimination(
        before.domains(), domains, vbd -> certain.get(vbd.slot()) instanceof DiskState.Resolved);
    Map<Slot, DiskState> states = states(host, candidates, proofs, waits);

    Evidence next =
        new Evidence(
            snapshot.uptimeTicks(),
            history.disks(),
            proofsToKeep(proofs),
            brackets,
            history.leftovers(),
            domains,
            waits);
    return new Resolution(
        disks.build(host, vbd -> DiskState.at(states, vbd)), next, devicesToTrace(host, states));
  }

  private static Map<Tie, Proof> proofsToKeep(Proofs proofs) {
    Map<Tie, Proof> lasting = new HashMap<>();
    for (ProvenPair match : proofs.all()) {
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

  private static Map<Slot, DiskState> states(
      Host host, Candidates candidates, Proofs proofs, RingWaits waits) {
    Set<Slot> conflicting = proofs.conflicting();
    Map<Slot, DiskState> states = new HashMap<>();
    for (Vbd vbd : host.vbds()) {
      List<Pair> open =
          candidates.of(vbd).stream().filter(pair -> !proofs.isProven(pair.thread())).toList();
      states.put(
          vbd.slot(),
          DiskState.of(
              vbd,
              proofs.of(vbd),
              open,
              conflicting.contains(vbd.slot()),
              host.uptimeTicks(),
              waits));
    }
    return states;
  }

  private static Map<Integer, DomainSet> domains(Host host, Candidates candidates) {
    Map<Integer, DomainSet> sets = new HashMap<>();
    for (Vbd vbd : host.vbds()) {
      sets.computeIfAbsent(vbd.backend().domid(), domid -> domain(candidates, host.vbdsOf(domid)));
    }
    return sets;
  }

  private static DomainSet domain(Candidates candidates, List<Vbd> vbds) {
    Set<Slot> slots = new HashSet<>();
    Set<Connection> connections = new HashSet<>();
    Set<WorkerId> threads = new HashSet<>();
    for (Vbd vbd : vbds) {
      slots.add(vbd.slot());
      vbd.connection().ifPresent(connections::add);
      candidates.of(vbd).forEach(pair -> threads.add(pair.thread().id()));
    }
    return new DomainSet(Set.copyOf(slots), Set.copyOf(connections), Set.copyOf(threads));
  }

  private static Set<DeviceNumber> devicesToTrace(Host host, Map<Slot, DiskState> states) {
    Set<DeviceNumber> devices = new HashSet<>();
    for (Vbd vbd : host.vbds()) {
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
