package io.blkwarden.agent.mapping;

import io.blkwarden.agent.mapping.Candidates.Pair;
import io.blkwarden.agent.mapping.Evidence.DomainSet;
import io.blkwarden.agent.mapping.Evidence.Tie;
import io.blkwarden.agent.mapping.ProofTable.Match;
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
 * Ties disks to the threads that serve them, by proof or not at all.
 *
 * <p>The proofs, in order: the backend's own {@code kthread-pid} keys; a whole, unique name;
 * counters that only one thread and one disk share, twice; a traced bio; and elimination. Order and
 * rates of I/O are never used. A disk is resolved when each of its rings has a proven thread, no
 * thread is tied to two disks, and no thread is left that might be another of its rings; otherwise
 * it is unresolved with the reason. When two proofs disagree, all disks concerned are unresolved
 * until one of them ends.
 *
 * <p>Pure: the same snapshot and evidence give the same resolution. Not being complete, a snapshot
 * resolves nothing and keeps no evidence.
 */
public final class MappingResolver {
  private final DiskBuilder disks;

  /** A resolver that tells roles by these patterns. */
  public MappingResolver(RolePatterns roles) {
    this.disks = new DiskBuilder(roles);
  }

  /** Resolves a snapshot with what the resolutions before it left. */
  public Resolution resolve(HostSnapshot snapshot, Evidence before) {
    if (!snapshot.complete()) {
      Host host = new Host(snapshot);
      return new Resolution(
          disks.build(host, _ -> DiskState.unreadable()), Evidence.none(), Set.of());
    }
    ProofContext situation = ProofContext.of(snapshot, before);
    ProofTable ties = new ProofTable();
    PidKeyProof.prove(situation, ties);
    FullNameProof.prove(situation, ties);
    addEarlierProofs(situation, ties);
    Map<Tie, Long> brackets = CounterProof.prove(situation, ties);
    TraceProof.prove(situation, ties);

    Map<Integer, DomainSet> domains = domains(situation);
    Map<Slot, DiskState> certain = states(situation, ties);
    EliminationProof.prove(
        situation,
        before.domains,
        domains,
        vbd -> certain.get(vbd.slot()) instanceof DiskState.Resolved,
        ties);
    Map<Slot, DiskState> states = states(situation, ties);

    Evidence next =
        new Evidence(
            snapshot.uptimeTicks(),
            situation.history().disks(),
            proofsToKeep(ties),
            brackets,
            situation.history().leftovers(),
            domains,
            situation.waits());
    return new Resolution(
        disks.build(situation.host(), vbd -> DiskState.at(states, vbd)),
        next,
        devicesToTrace(situation, states));
  }

  /** Adds what was proven before and still holds. */
  private static void addEarlierProofs(ProofContext situation, ProofTable ties) {
    Map<Tie, Proof> held = situation.history().proofs();
    for (Vbd vbd : situation.host().vbds()) {
      vbd.connection()
          .ifPresent(life ->
              situation
                  .candidates()
                  .of(vbd)
                  .forEach(pair -> {
                    Proof proof = held.get(new Tie(pair.thread().id(), life));
                    if (proof != null) {
                      ties.add(pair, proof);
                    }
                  }));
    }
  }

  private static Map<Tie, Proof> proofsToKeep(ProofTable ties) {
    Map<Tie, Proof> lasting = new HashMap<>();
    for (Match tie : ties.all()) {
      if (tie.proof() == Proof.COUNTER_BRACKET || tie.proof() == Proof.TRACED_BIO) {
        tie.pair()
            .vbd()
            .connection()
            .ifPresent(life -> lasting.put(new Tie(tie.pair().thread().id(), life), tie.proof()));
      }
    }
    return lasting;
  }

  private static Map<Slot, DiskState> states(ProofContext situation, ProofTable ties) {
    Set<Slot> conflicting = ties.conflicting();
    Map<Slot, DiskState> states = new HashMap<>();
    for (Vbd vbd : situation.host().vbds()) {
      List<Pair> open =
          situation.candidates().of(vbd).stream()
              .filter(pair -> !ties.isProven(pair.thread()))
              .toList();
      states.put(
          vbd.slot(),
          DiskState.of(
              vbd,
              ties.of(vbd),
              open,
              conflicting.contains(vbd.slot()),
              situation.host().uptimeTicks(),
              situation.waits()));
    }
    return states;
  }

  private static Map<Integer, DomainSet> domains(ProofContext situation) {
    Map<Integer, DomainSet> sets = new HashMap<>();
    for (Vbd vbd : situation.host().vbds()) {
      sets.computeIfAbsent(
          vbd.backend().domid(), domid -> domain(situation, situation.host().vbdsOf(domid)));
    }
    return sets;
  }

  private static DomainSet domain(ProofContext situation, List<Vbd> vbds) {
    Set<Slot> slots = new HashSet<>();
    Set<Connection> lives = new HashSet<>();
    Set<WorkerId> threads = new HashSet<>();
    for (Vbd vbd : vbds) {
      slots.add(vbd.slot());
      vbd.connection().ifPresent(lives::add);
      situation.candidates().of(vbd).forEach(pair -> threads.add(pair.thread().id()));
    }
    return new DomainSet(Set.copyOf(slots), Set.copyOf(lives), Set.copyOf(threads));
  }

  private static Set<DeviceNumber> devicesToTrace(
      ProofContext situation, Map<Slot, DiskState> states) {
    Set<DeviceNumber> devices = new HashSet<>();
    for (Vbd vbd : situation.host().vbds()) {
      DeviceNumber device = vbd.agreedDevice();
      if (device != null && DiskState.at(states, vbd).isAmbiguous()) {
        devices.add(device);
      }
    }
    return devices;
  }

  /**
   * What a snapshot proved.
   *
   * @param disks every disk, resolved or not, by domid and handle
   * @param next what to give to the next resolution
   * @param devicesToTrace devices of disks that only their I/O can tell apart: trace these until
   *     they are no longer named here
   */
  public record Resolution(
      List<MappedDisk> disks, Evidence next, Set<DeviceNumber> devicesToTrace) {
    public Resolution {
      disks = List.copyOf(disks);
      devicesToTrace = Set.copyOf(devicesToTrace);
    }
  }
}
