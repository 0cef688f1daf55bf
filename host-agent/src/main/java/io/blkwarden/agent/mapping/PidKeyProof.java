package io.blkwarden.agent.mapping;

import io.blkwarden.model.Proof;

/**
 * Proof by the backend's {@code kthread-pid} keys, flat or per ring, of a connected disk.
 *
 * <p>Pids that are not those of a kernel thread with a matching name are ignored: XCP-ng's 4.19
 * removes the key after the thread has ended.
 */
final class PidKeyProof {
  private PidKeyProof() {}

  static void prove(ProofContext context, ProofTable table) {
    for (Vbd vbd : context.host().vbds()) {
      if (vbd.connection().isPresent()) {
        Backend.KthreadPids pids = vbd.backend().pids();
        for (Candidates.Pair pair : context.candidates().of(vbd)) {
          Integer pid = pair.thread().id().pid();
          if (pid.equals(pids.flat()) || pids.byRing().containsValue(pid)) {
            table.add(pair, Proof.KTHREAD_PID);
          }
        }
      }
    }
  }
}
