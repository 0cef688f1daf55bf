package io.blkwarden.agent.mapping;

import io.blkwarden.agent.mapping.Candidates.Pair;
import io.blkwarden.agent.mapping.HostSnapshot.HostThread;
import io.blkwarden.agent.mapping.HostSnapshot.ObservedBio;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.Proof;
import java.util.HashSet;
import java.util.List;

/**
 * A candidate thread was seen to submit to the disk's own device.
 *
 * <p>The event fires in the submitter's context. It proves only what cannot be otherwise: the
 * device belongs to exactly one disk of the host, it does not lie below another disk that the
 * thread may serve (dm remaps in the submitter's context, so the thread shows on lower devices
 * too), and the pid was this thread's during the whole time.
 */
final class TraceProof {
  private TraceProof() {}

  static void prove(ProofContext situation, ProofTable ties) {
    for (ObservedBio bio : new HashSet<>(situation.host().snapshot().bios())) {
      HostThread thread = situation.host().threads().get(bio.pid());
      if (thread != null && situation.history().aliveSinceLastDrain(thread)) {
        prove(situation, thread, bio.device(), ties);
      }
    }
  }

  private static void prove(
      ProofContext situation, HostThread thread, DeviceNumber device, ProofTable ties) {
    List<Pair> fits = situation.candidates().of(thread.id());
    fits.stream()
        .filter(pair -> device.equals(pair.vbd().agreedDevice()))
        .filter(pair -> pair.vbd().connection().isPresent())
        .filter(_ -> situation.host().servesOneDisk(device))
        .filter(_ -> !situation.history().mayBeLeftover(thread, device))
        .filter(pair ->
            fits.stream()
                .filter(other -> !other.vbd().slot().equals(pair.vbd().slot()))
                .noneMatch(other -> mayLieAbove(situation.host(), other.vbd(), device)))
        .forEach(pair -> ties.add(pair, Proof.TRACED_BIO));
  }

  /** Whether I/O of this disk may show on a device below it; unknown stacks may have anything. */
  private static boolean mayLieAbove(Host host, Vbd vbd, DeviceNumber device) {
    DeviceNumber top = vbd.backend().kernelDevice();
    // Without a device in the kernel a disk was never connected, and has no thread.
    return top != null && host.stack(top).map(stack -> stack.below().contains(device)).orElse(true);
  }
}
