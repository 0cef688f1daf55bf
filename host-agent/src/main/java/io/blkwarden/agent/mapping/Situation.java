package io.blkwarden.agent.mapping;

/** What each proof looks at. */
record Situation(Host host, History history, Candidates candidates, RingWaits waits) {
  static Situation of(HostSnapshot snapshot, Evidence before) {
    Host host = new Host(snapshot);
    History history = new History(host, before);
    return new Situation(
        host, history, new Candidates(host, history), before.waits.at(host.uptimeTicks()));
  }
}
