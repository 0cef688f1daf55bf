package io.blkwarden.agent.mapping;

/** The inputs of each proof. */
record ProofContext(Host host, EvidenceHistory history, Candidates candidates, RingWaits waits) {
  static ProofContext of(HostSnapshot snapshot, Evidence before) {
    Host host = new Host(snapshot);
    EvidenceHistory history = new EvidenceHistory(host, before);
    return new ProofContext(
        host, history, new Candidates(host, history), before.waits().at(host.uptimeTicks()));
  }
}
