package io.blkwarden.agent.mapping;

import io.blkwarden.agent.mapping.Candidates.Pair;
import io.blkwarden.agent.mapping.Evidence.DomainSet;
import io.blkwarden.agent.mapping.Evidence.Tie;
import io.blkwarden.agent.mapping.HostSnapshot.HostThread;
import io.blkwarden.agent.mapping.HostSnapshot.ObservedBio;
import io.blkwarden.agent.mapping.Vbd.Slot;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.Proof;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerId;
import io.blkwarden.model.WorkerKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The proofs of one resolution that threads serve disks. */
final class Proofs {
  /**
   * A thread proven to serve a disk.
   *
   * @param pair thread and disk
   * @param proof the first proof
   */
  record ProvenPair(Pair pair, Proof proof) {
    /** The thread as published. */
    Worker worker() {
      HostThread thread = pair.thread();
      return new Worker(
          WorkerKind.BLKBACK,
          Rings.ringOf(pair),
          thread.id().pid(),
          thread.id().startTicks(),
          thread.name().comm(),
          thread.priority(),
          proof);
    }
  }

  private final Host host;
  private final EvidenceHistory history;
  private final Candidates candidates;
  private final Map<WorkerId, Map<Slot, ProvenPair>> byThread = new LinkedHashMap<>();
  private final Map<Slot, List<ProvenPair>> bySlot = new LinkedHashMap<>();

  Proofs(Host host, EvidenceHistory history, Candidates candidates) {
    this.host = host;
    this.history = history;
    this.candidates = candidates;
  }

  /** Adds a proof; a second one of the same thread and disk is ignored. */
  private void add(Pair pair, Proof proof) {
    ProvenPair match = new ProvenPair(pair, proof);
    Slot slot = pair.vbd().slot();
    if (byThread
            .computeIfAbsent(pair.thread().id(), _ -> new LinkedHashMap<>())
            .putIfAbsent(slot, match)
        == null) {
      bySlot.computeIfAbsent(slot, _ -> new ArrayList<>()).add(match);
    }
  }

  /** The disk's proven threads. */
  List<ProvenPair> of(Vbd vbd) {
    return bySlot.getOrDefault(vbd.slot(), List.of());
  }

  /** Whether the thread is proven for any disk. */
  boolean isProven(HostThread thread) {
    return byThread.containsKey(thread.id());
  }

  /** All proven pairs. */
  List<ProvenPair> all() {
    return bySlot.values().stream().flatMap(List::stream).toList();
  }

  /** Disks that share a proven thread with another disk. */
  Set<Slot> conflicting() {
    return byThread.values().stream()
        .filter(disks -> disks.size() > 1)
        .flatMap(disks -> disks.keySet().stream())
        .collect(Collectors.toSet());
  }

  /**
   * Proof by the backend's {@code kthread-pid} keys, flat or per ring, of a connected disk.
   *
   * <p>Pids that are not those of a kernel thread with a matching name are ignored: XCP-ng's 4.19
   * removes the key after the thread has ended.
   */
  void provePids() {
    for (Vbd vbd : host.vbds()) {
      if (vbd.connection().isPresent()) {
        Backend.KthreadPids pids = vbd.backend().pids();
        for (Candidates.Pair pair : candidates.of(vbd)) {
          Integer pid = pair.thread().id().pid();
          if (pid.equals(pids.flat()) || pids.byRing().containsValue(pid)) {
            add(pair, Proof.KTHREAD_PID);
          }
        }
      }
    }
  }

  /**
   * Proof by name: the thread's untruncated name matches only this disk.
   *
   * <p>A name of maximum length may be truncated. It counts only while no other disk of the host
   * could have the longer name, the thread cannot be a leftover of such a disk, and the disk has
   * done I/O (so its own thread exists) if there are statistics.
   */
  void proveNames() {
    for (List<Pair> fits : candidates.threads()) {
      List<Pair> whole = fits.stream().filter(pair -> pair.name().whole()).toList();
      if (whole.size() == 1) {
        Pair pair = whole.getFirst();
        boolean proven = !pair.name().borderline() || isProvenAtMaximumLength(pair, fits);
        if (proven && pair.vbd().connection().isPresent()) {
          add(pair, Proof.FULL_NAME);
        }
      }
    }
  }

  private boolean isProvenAtMaximumLength(Pair pair, List<Pair> fits) {
    DiskCounters counters = pair.vbd().backend().counters();
    return fits.size() == 1
        && !history.mayBeLeftover(pair.thread())
        && (counters == null
            || counters.sawIo()
            || history.startedAfterUnconnected(pair.thread(), pair.vbd()));
  }

  /** Adds earlier proofs of threads and connections that still exist. */
  void proveEarlier() {
    for (Vbd vbd : host.vbds()) {
      vbd.connection()
          .ifPresent(connection -> {
            for (Pair pair : candidates.of(vbd)) {
              Proof proof = history.proofs().get(new Tie(pair.thread().id(), connection));
              if (proof != null) {
                add(pair, proof);
              }
            }
          });
    }
  }

  /**
   * Proof by counters: the thread's read bytes lay between two readings of one disk's, twice, and
   * of no other's.
   *
   * <p>Both count the same bytes from 0: the thread ({@code read_bytes}) when it submits, the disk
   * ({@code rd_sect}) just after. So the counter of a disk's own thread always lies between two
   * readings of the disk, give or take one request, and a disk that has read has a thread. If
   * exactly one of all candidates lies there, and lies nowhere else, twice with growth between, it
   * is that thread. Disks with several rings need other proofs.
   *
   * @return the pairs seen once
   */
  Map<Tie, Long> proveCounters() {
    Map<Tie, Long> seenOnce = new HashMap<>();
    for (Vbd vbd : host.vbds()) {
      DiskCounters counters = vbd.backend().counters();
      if (counters != null && counters.readSectorsBefore() > 0 && of(vbd).isEmpty()) {
        vbd.connection()
            .ifPresent(connection -> {
              List<Pair> fits = candidates.of(vbd);
              if (comparable(fits, counters)) {
                List<Pair> inside = fits.stream().filter(Proofs::isInside).toList();
                for (Pair pair : inside) {
                  Tie tie = new Tie(pair.thread().id(), connection);
                  Long before = history.bracketBytes(tie);
                  boolean only = inside.size() == 1 && isOutsideAllOthers(pair);
                  update(pair, tie, before, only, seenOnce);
                }
              }
            });
      }
    }
    return seenOnce;
  }

  private void update(
      Pair pair, Tie tie, @Nullable Long before, boolean only, Map<Tie, Long> seenOnce) {
    Long now = pair.thread().readBytes();
    if (only && before != null && now != null && now > before) {
      add(pair, Proof.COUNTER_BRACKET);
    } else if (before != null) {
      seenOnce.put(tie, before);
    } else if (only && now != null) {
      seenOnce.put(tie, now);
    }
  }

  /**
   * Whether the counters of all candidates were read and each candidate is a disk's only thread.
   */
  private static boolean comparable(List<Pair> fits, DiskCounters counters) {
    return counters.isValid()
        && fits.stream()
            .allMatch(pair -> {
              Long read = pair.thread().readBytes();
              return pair.singleRing() && read != null && !counters.mayHaveWrapped(read);
            });
  }

  private static boolean isInside(Pair pair) {
    DiskCounters counters = pair.vbd().backend().counters();
    Long read = pair.thread().readBytes();
    return counters != null && read != null && read > 0 && counters.contains(read, 1);
  }

  private boolean isOutsideAllOthers(Pair chosen) {
    return candidates.of(chosen.thread().id()).stream()
        .filter(pair -> !pair.vbd().slot().equals(chosen.vbd().slot()))
        .allMatch(other -> {
          DiskCounters counters = other.vbd().backend().counters();
          Long read = other.thread().readBytes();
          // Without a kernel device a disk was never connected and has no thread.
          return other.vbd().backend().kernelDevice() == null
              || (counters != null
                  && read != null
                  && other.singleRing()
                  && counters.isValid()
                  && !counters.mayHaveWrapped(read)
                  && !isInside(other));
        });
  }

  /**
   * Proof by a traced bio of a candidate thread on the disk's own device.
   *
   * <p>The event fires in the submitter's context. Conditions: the device belongs to exactly one
   * disk of the host; it is not below another disk that the thread may serve (dm remaps in the
   * submitter's context, so bios also show on lower devices); and the pid was this thread's during
   * the whole trace.
   */
  void proveBios() {
    for (ObservedBio bio : new HashSet<>(host.snapshot().bios())) {
      HostThread thread = host.threads().get(bio.pid());
      if (thread != null && history.aliveSinceLastDrain(thread)) {
        proveBio(thread, bio.device());
      }
    }
  }

  private void proveBio(HostThread thread, DeviceNumber device) {
    List<Pair> fits = candidates.of(thread.id());
    fits.stream()
        .filter(pair -> device.equals(pair.vbd().agreedDevice()))
        .filter(pair -> pair.vbd().connection().isPresent())
        .filter(_ -> host.servesOneDisk(device))
        .filter(_ -> !history.mayBeLeftover(thread, device))
        .filter(pair ->
            fits.stream()
                .filter(other -> !other.vbd().slot().equals(pair.vbd().slot()))
                .noneMatch(other -> mayLieAbove(other.vbd(), device)))
        .forEach(pair -> add(pair, Proof.TRACED_BIO));
  }

  /** Whether I/O of this disk may show on a device below it; true for unknown stacks. */
  private boolean mayLieAbove(Vbd vbd, DeviceNumber device) {
    DeviceNumber top = vbd.backend().kernelDevice();
    // Without a kernel device a disk was never connected and has no thread.
    return top != null && host.stack(top).map(stack -> stack.below().contains(device)).orElse(true);
  }

  /**
   * Proof by elimination: all other disks of the domain are proven, one thread remains, and nothing
   * changed since the last snapshot.
   *
   * <p>It requires that the disk's own thread exists: the disk did I/O since it was connected, or
   * the thread started after the disk was seen unconnected. Otherwise the remaining thread may
   * belong to a removed disk while this disk's own thread does not exist yet.
   *
   * @param before sets of the previous snapshot, by domid
   * @param now sets of this snapshot
   * @param resolved whether all workers of a disk are proven
   */
  void proveByElimination(
      Map<Integer, DomainSet> before, Map<Integer, DomainSet> now, Predicate<Vbd> resolved) {
    now.forEach((domid, set) -> {
      if (set.equals(before.get(domid))) {
        List<Vbd> open = host.vbdsOf(domid).stream().filter(resolved.negate()).toList();
        if (open.size() == 1) {
          proveRemaining(open.getFirst());
        }
      }
    });
  }

  private void proveRemaining(Vbd vbd) {
    List<Pair> left = candidates.of(vbd).stream().filter(pair -> !isProven(pair.thread())).toList();
    if (vbd.connection().isPresent() && of(vbd).isEmpty() && left.size() == 1) {
      Pair pair = left.getFirst();
      if (!history.mayBeLeftover(pair.thread()) && ownThreadExists(pair) && countersAgree(pair)) {
        add(pair, Proof.ELIMINATION);
      }
    }
  }

  private boolean ownThreadExists(Pair pair) {
    DiskCounters counters = pair.vbd().backend().counters();
    return (counters != null && counters.sawIo())
        || (pair.singleRing() && history.startedAfterUnconnected(pair.thread(), pair.vbd()));
  }

  private static boolean countersAgree(Pair pair) {
    DiskCounters counters = pair.vbd().backend().counters();
    Long read = pair.thread().readBytes();
    return counters == null
        || read == null
        || !counters.isValid()
        || counters.mayHaveWrapped(read)
        || counters.contains(read, 1);
  }
}
