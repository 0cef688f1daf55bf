package io.blkwarden.agent.mapping;

import io.blkwarden.model.Proof;

/**
 * The backend's own word: {@code kthread-pid} keys, flat or per ring, of a connected disk.
 *
 * <p>A pid that is not that of a kernel thread whose name fits the disk says nothing: XCP-ng's 4.19
 * removes the key after the thread has ended.
 */
final class PidKeyProof {
  private PidKeyProof() {}

  static void prove(ProofContext situation, ProofTable ties) {
    for (Vbd vbd : situation.host().vbds()) {
      if (vbd.connection().isPresent()) {
        Backend.KthreadPids pids = vbd.backend().pids();
        for (Candidates.Pair pair : situation.candidates().of(vbd)) {
          Integer pid = pair.thread().id().pid();
          if (pid.equals(pids.flat()) || pids.byRing().containsValue(pid)) {
            ties.add(pair, Proof.KTHREAD_PID);
          }
        }
      }
    }
  }
}
