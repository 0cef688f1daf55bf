package io.blkwarden.agent.mapping;

import io.blkwarden.agent.mapping.Candidates.Pair;
import io.blkwarden.agent.mapping.HostSnapshot.HostThread;
import io.blkwarden.agent.mapping.HostSnapshot.ObservedBio;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.Proof;
import java.util.HashSet;
import java.util.List;

/**
 * Proof by a traced bio of a candidate thread on the disk's own device.
 *
 * <p>The event fires in the submitter's context. Conditions: the device belongs to exactly one disk
 * of the host; it is not below another disk that the thread may serve (dm remaps in the submitter's
 * context, so bios also show on lower devices); and the pid was this thread's during the whole
 * trace.
 */
final class TraceProof {
  private TraceProof() {}

  static void prove(ProofContext context, ProofTable table) {
    for (ObservedBio bio : new HashSet<>(context.host().snapshot().bios())) {
      HostThread thread = context.host().threads().get(bio.pid());
      if (thread != null && context.history().aliveSinceLastDrain(thread)) {
        prove(context, thread, bio.device(), table);
      }
    }
  }

  private static void prove(
      ProofContext context, HostThread thread, DeviceNumber device, ProofTable table) {
    List<Pair> fits = context.candidates().of(thread.id());
    fits.stream()
        .filter(pair -> device.equals(pair.vbd().agreedDevice()))
        .filter(pair -> pair.vbd().connection().isPresent())
        .filter(_ -> context.host().servesOneDisk(device))
        .filter(_ -> !context.history().mayBeLeftover(thread, device))
        .filter(pair ->
            fits.stream()
                .filter(other -> !other.vbd().slot().equals(pair.vbd().slot()))
                .noneMatch(other -> mayLieAbove(context.host(), other.vbd(), device)))
        .forEach(pair -> table.add(pair, Proof.TRACED_BIO));
  }

  /** Whether I/O of this disk may show on a device below it; true for unknown stacks. */
  private static boolean mayLieAbove(Host host, Vbd vbd, DeviceNumber device) {
    DeviceNumber top = vbd.backend().kernelDevice();
    // Without a kernel device a disk was never connected and has no thread.
    return top != null && host.stack(top).map(stack -> stack.below().contains(device)).orElse(true);
  }
}
