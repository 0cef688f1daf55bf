package io.blkwarden.controller.engine;

import io.blkwarden.controller.throttle.Decision;
import io.blkwarden.model.HostId;
import io.blkwarden.model.Printable;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorReply.Verdict;
import java.util.Map;

/**
 * Forgets hosts that are gone for good, when a person says so: nobody else can tell a dom0 that was
 * taken out of service from one whose agent is broken.
 *
 * <p>A host that is heard of, or that may hold a lease, is not forgotten. What is stored of it goes
 * first, lest it come back with the next controller.
 */
final class HostRemoval {
  private final EngineState engine;
  private final SampleHandler sampling;

  HostRemoval(EngineState engine, SampleHandler sampling) {
    this.engine = engine;
    this.sampling = sampling;
  }

  void ask(Input.RequestReceived asked, HostId host) {
    long correlation = asked.correlation();
    HostTracker tracker = engine.hosts.get(host);
    int leases = engine.throttles.ofHost(host).size();
    if (tracker == null && !engine.restored.knows(host)) {
      answer(correlation, Verdict.FAILED, OperatorRequests.unknown(engine, host));
    } else if (tracker != null && tracker.live) {
      answer(
          correlation,
          Verdict.REFUSED,
          "samples of %s come: stop its agent first, or it is known again at once".formatted(host));
    } else if (leases > 0) {
      answer(
          correlation,
          Verdict.REFUSED,
          "%s may hold %d throttles still, which end by themselves: try again then"
              .formatted(host, leases));
    } else {
      engine.add(new Effect.RemoveHost(host, asked));
    }
  }

  /** What was stored of the host is deleted. */
  void done(Effect.RemoveHost forgotten) {
    HostId host = forgotten.host();
    HostTracker tracker = engine.hosts.get(host);
    if (tracker != null) {
      tracker
          .casesNow()
          .forEach(each -> sampling.close(tracker, each, AlertPublisher.Ending.FORGOTTEN));
      tracker.blaming.end();
      engine.live(tracker, false);
      engine.hosts.remove(host);
    }
    engine.restored.forget(host);
    engine.add(
        new Effect.RecordDecision(
            new Decision(
                    engine.now().wall(),
                    host,
                    null,
                    null,
                    null,
                    Decision.Verdict.FORGET,
                    null,
                    "asked by %s: %s".formatted(forgotten.asked().by(), forgotten.asked().reason()),
                    Map.of())
                .requestedBy(forgotten.asked().key())));
    answer(
        forgotten.asked().correlation(),
        Verdict.DONE,
        "%s is forgotten; it is known again once its agent speaks".formatted(host));
  }

  private void answer(long correlation, Verdict verdict, String detail) {
    engine.add(new Effect.Answer(correlation, new OperatorReply(verdict, Printable.of(detail))));
  }
}
