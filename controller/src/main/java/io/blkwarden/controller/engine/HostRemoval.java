package io.blkwarden.controller.engine;

import io.blkwarden.controller.alert.AlertEvent;
import io.blkwarden.controller.alert.AlertEvent.Ending;
import io.blkwarden.controller.throttle.Decision;
import io.blkwarden.model.HostId;
import io.blkwarden.model.Printable;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorReply.Verdict;
import java.util.Map;

/**
 * Removes hosts on request: only an operator knows whether a dom0 was taken out of service or its
 * agent is broken.
 *
 * <p>A host that reports, or may have a lease, is not removed. Its stored data is deleted first, so
 * that it does not return with the next controller.
 */
record HostRemoval(EngineState engine, SampleHandler sampling) {
  void ask(Input.RequestReceived asked, HostId host) {
    HostTracker tracker = engine.hosts.get(host);
    int leases = engine.throttles.ofHost(host).size();
    if (tracker == null && !engine.alerts.restored.knows(host)) {
      answer(asked, Verdict.FAILED, OperatorRequests.unknown(engine, host));
    } else if (tracker != null && tracker.live) {
      answer(asked, Verdict.REFUSED, host + " is still reporting: stop its agent first");
    } else if (leases > 0) {
      answer(
          asked,
          Verdict.REFUSED,
          "%s may still have %d throttles, which expire by themselves: try again later"
              .formatted(host, leases));
    } else {
      engine.effects.add(new Effect.RemoveHost(host, asked));
    }
  }

  /** The stored data of the host is deleted. */
  void done(Effect.RemoveHost forgotten) {
    HostId host = forgotten.host();
    HostTracker tracker = engine.hosts.get(host);
    if (tracker != null) {
      tracker.openEvaluations().forEach(each -> sampling.close(tracker, each, Ending.HOST_REMOVED));
      tracker.scoped.forEach(each -> each.apply(new AlertEvent.Ended(Ending.HOST_REMOVED)));
      tracker.attributions.end();
      engine.live(tracker, false);
      engine.hosts.remove(host);
    }
    engine.alerts.restored.end(host);
    Input.RequestReceived asked = forgotten.asked();
    Decision.Verdict verdict = Decision.Verdict.FORGET;
    String text = "asked by %s: %s".formatted(asked.by(), asked.reason());
    Decision decision =
        new Decision(engine.now.wall(), host, null, null, null, verdict, null, text, Map.of());
    engine.record(decision.requestedBy(asked.key()));
    answer(asked, Verdict.DONE, host + " is forgotten; it returns when its agent reports again");
  }

  private void answer(Input.RequestReceived asked, Verdict verdict, String detail) {
    engine.effects.add(
        new Effect.Answer(asked.correlation(), new OperatorReply(verdict, Printable.of(detail))));
  }
}
