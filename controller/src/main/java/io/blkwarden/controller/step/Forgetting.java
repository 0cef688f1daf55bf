package io.blkwarden.controller.step;

import io.blkwarden.controller.plan.Decision;
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
final class Forgetting {
  private final World world;
  private final Sampling sampling;

  Forgetting(World world, Sampling sampling) {
    this.world = world;
    this.sampling = sampling;
  }

  void ask(Input.Asked asked, HostId host) {
    long correlation = asked.correlation();
    HostWatch watch = world.hosts.get(host);
    int leases = world.throttles.ofHost(host).size();
    if (watch == null && !world.recalled.knows(host)) {
      answer(correlation, Verdict.FAILED, Asks.unknown(world, host));
    } else if (watch != null && watch.live) {
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
      world.add(new Effect.Forget(host, asked));
    }
  }

  /** What was stored of the host is deleted. */
  void done(Effect.Forget forgotten) {
    HostId host = forgotten.host();
    HostWatch watch = world.hosts.get(host);
    if (watch != null) {
      watch.casesNow().forEach(each -> sampling.close(watch, each, Alerts.Ending.FORGOTTEN));
      watch.blaming.end();
      world.live(watch, false);
      world.hosts.remove(host);
    }
    world.recalled.forget(host);
    world.add(
        new Effect.Note(
            new Decision(
                    world.now().wall(),
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
    world.add(new Effect.Answer(correlation, new OperatorReply(verdict, Printable.of(detail))));
  }
}
