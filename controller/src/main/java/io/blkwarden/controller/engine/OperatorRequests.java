package io.blkwarden.controller.engine;

import io.blkwarden.commandline.Nearest;
import io.blkwarden.controller.alert.AlertEvent;
import io.blkwarden.controller.alert.AlertEvent.Ending;
import io.blkwarden.controller.engine.PendingRequests.PendingRequest;
import io.blkwarden.controller.engine.ThrottleTable.PendingCommand;
import io.blkwarden.controller.silence.OperatorState;
import io.blkwarden.controller.throttle.CommandPurpose;
import io.blkwarden.controller.throttle.Decision;
import io.blkwarden.controller.throttle.Ladder;
import io.blkwarden.controller.throttle.Lease;
import io.blkwarden.controller.throttle.Refusal;
import io.blkwarden.controller.throttle.ThrottleEvent;
import io.blkwarden.controller.throttle.ThrottleState;
import io.blkwarden.model.DiskKey;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Printable;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Ack;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.OperatorInput;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorReply.Verdict;
import io.blkwarden.model.message.OperatorRequest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Handles operators' requests: finds the disk, runs the safety checks, and answers once the agent
 * has answered.
 *
 * <p>A host that reports, or may have a lease, is not removed. Its stored data is deleted first, so
 * that it does not return with the next controller.
 */
record OperatorRequests(
    EngineState engine,
    Throttles throttles,
    Proposals proposals,
    SampleHandler sampling,
    PendingRequests pending) {
  private static final int HOLDERS_SHOWN = 5;

  void handle(Input.RequestReceived request) {
    if (engine.epoch.isEmpty()) {
      engine.answer(request, Verdict.REFUSED, "this controller is not the leader");
    } else if (pending.full()) {
      engine.answer(
          request, Verdict.REFUSED, "too many requests are waiting for agents; try again");
    } else {
      switch (request.request().ask()) {
        case OperatorRequest.Throttle ask ->
            find(request, ask.host(), ask.domain(), ask.disk())
                .ifPresent(at -> throttle(request, ask, at));
        case OperatorRequest.Release ask ->
            find(request, ask.host(), ask.domain(), ask.disk())
                .ifPresent(at -> release(request, at));
        case OperatorRequest.ReleaseAll _ -> releaseAll(request);
        case OperatorRequest.Proposals _ -> engine.answer(request, proposals.list());
        case OperatorRequest.Approve ask ->
            engine.answer(request, proposals.approve(request, ask.proposal()));
        case OperatorRequest.Deny ask ->
            engine.answer(request, proposals.deny(request, ask.proposal()));
        case OperatorRequest.Forget ask -> removeHost(request, ask.host());
        case OperatorRequest.Lasting ask -> lasting(request, ask);
        case OperatorRequest.Fleet _ ->
            engine.answer(request, Verdict.FAILED, "expected a request that changes something");
      }
    }
  }

  /** A request for a silence, an acknowledgement or the pause, answered once it is in force. */
  private void lasting(Input.RequestReceived request, OperatorRequest.Lasting ask) {
    Instant now = engine.now.wall().truncatedTo(ChronoUnit.MILLIS);
    switch (engine.operatorState.change(
        request.request(), ask, request.key(), now, engine.newId())) {
      case OperatorState.Change.Store(
              OperatorInput input,
              boolean set,
              List<OperatorInput> expired) ->
          engine.effects.add(new Effect.StoreInput(input, set, expired, request));
      case OperatorState.Change.Refused(String why) ->
          engine.answer(request, new OperatorReply(Verdict.FAILED, why));
    }
  }

  /** Answers a request whose change is in force. */
  void inputStored(Effect.StoreInput stored) {
    Input.RequestReceived request = stored.asked();
    String what = OperatorState.describe(stored.input(), stored.set());
    String reason = "%s, asked by %s: %s".formatted(what, request.by(), request.reason());
    Decision decision =
        Decision.ofFleet(engine.now.wall(), Decision.Verdict.REQUEST, reason, Map.of());
    MessageId about = stored.input() instanceof Ack ack ? ack.about() : null;
    engine.record(decision.withAlert(about).requestedBy(request.key()));
    OperatorInput shown = stored.set() ? stored.input() : null;
    engine.answer(request, new OperatorReply(Verdict.DONE, what, null, shown, null));
  }

  private record Found(HostTracker tracker, MappedDisk disk) {
    String name() {
      return "%s of %s on %s"
          .formatted(
              Printable.of(disk.disk().vdev()), Printable.of(disk.domain().name()), tracker.host());
    }
  }

  /** The disk of a request; answers it if there is none. */
  private Optional<Found> find(
      Input.RequestReceived request, HostId host, String domain, String vdev) {
    HostTracker tracker = engine.hosts.get(host);
    if (tracker == null) {
      engine.answer(request, Verdict.FAILED, unknown(host));
      return Optional.empty();
    }
    if (!tracker.state.hasMap()) {
      String why = Printable.of(HostProblems.noMap(tracker));
      engine.answer(request, Verdict.FAILED, "host %s is known: %s".formatted(host, why));
      return Optional.empty();
    }
    List<MappedDisk> all = tracker.state.disks();
    List<MappedDisk> ofDomain =
        all.stream().filter(each -> isNamed(each.domain(), domain)).toList();
    List<MappedDisk> found =
        ofDomain.stream()
            .filter(each -> each.disk().vdev().equals(vdev) && each.state() != MappingState.GONE)
            .toList();
    if (found.size() == 1) {
      return Optional.of(new Found(tracker, found.getFirst()));
    }
    String name = Printable.of(domain);
    if (found.size() > 1) {
      String why = "several domains on %s are called %s: give the UUID".formatted(host, name);
      engine.answer(request, Verdict.REFUSED, why);
    } else if (ofDomain.isEmpty()) {
      Stream<String> names = all.stream().map(each -> each.domain().name());
      String why = "host %s has no domain %s; ".formatted(host, name);
      engine.answer(request, Verdict.FAILED, why + suggestion(domain, names, "domains"));
    } else {
      Stream<String> vdevs = ofDomain.stream().map(each -> each.disk().vdev());
      String why = "domain %s on %s has no disk %s; ".formatted(name, host, Printable.of(vdev));
      engine.answer(request, Verdict.FAILED, why + suggestion(vdev, vdevs, "disks"));
    }
    return Optional.empty();
  }

  private static boolean isNamed(DomainRef domain, String nameOrUuid) {
    return domain.name().equals(nameOrUuid)
        || domain.uuid().toString().equalsIgnoreCase(nameOrUuid);
  }

  /** Text for an unknown host, with a suggestion. */
  private String unknown(HostId host) {
    Stream<String> known = engine.hosts.keySet().stream().map(HostId::value);
    return "host %s is not known; %s".formatted(host, suggestion(host.value(), known, "hosts"));
  }

  /** A suggestion, or where to look it up. */
  private static String suggestion(String written, Stream<String> known, String what) {
    String question = Nearest.question(written, known.distinct().sorted().toList());
    return question.isEmpty() ? "'blkwarden map' lists the " + what : Printable.of(question);
  }

  private void throttle(Input.RequestReceived request, OperatorRequest.Throttle ask, Found at) {
    Optional<Refusal> limit =
        engine.safetyRefusal(at.tracker(), at.disk()).filter(Refusal::isSafetyLimit);
    boolean forced = limit.isPresent() && Boolean.TRUE.equals(ask.force());
    Optional<String> refusal =
        refusal(at, ask.restraint(), forced)
            .map(why -> limit.isPresent() && !forced ? why + holders(at) : why);
    if (refusal.isPresent()) {
      record(at, request, Decision.Verdict.REFUSE, null, refusal.get());
      engine.answer(request, Verdict.REFUSED, at.name() + " is not throttled: " + refusal.get());
      return;
    }
    String done = "%s is set to %s".formatted(at.name(), ask.restraint());
    PendingRequest waiting = pending.add(request, done, 1);
    Throttle held = engine.throttleTable.of(ask.host(), at.disk().key());
    if (held == null) {
      held = new Throttle(ask.host(), at.disk().domain(), at.disk().key(), false);
    } else {
      disown(held);
    }
    String reason =
        "%s: %s%s"
            .formatted(
                request.by(),
                request.reason(),
                forced ? " (forced: %s)".formatted(limit.get().text()) : "");
    ThrottleEvent set =
        new ThrottleEvent.OperatorSet(request.by(), reason, ask.restraint(), ask.leaseMs());
    throttles.apply(held, set, null, waiting);
    record(at, request, Decision.Verdict.ACT, held.lease(), reason);
  }

  /** An operator's throttle takes precedence over a policy's until it ends. */
  private static void disown(Throttle held) {
    Evaluation owner = held.owner;
    Breach breach = owner == null ? null : owner.breach;
    held.owner = null;
    if (owner != null && breach != null && breach.throttle == held) {
      breach.throttle = Throttle.of(owner);
      breach.throttle.attempts = held.attempts;
    }
  }

  /** The throttles that count for the safety limit, and how to override it. */
  private String holders(Found at) {
    String held =
        engine.throttleTable.all().stream()
            .filter(each ->
                each.host.equals(at.tracker().host())
                    || each.domain.uuid().equals(at.disk().domain().uuid()))
            .limit(HOLDERS_SHOWN)
            .map(each ->
                "%s/%s/%s by %s"
                    .formatted(
                        each.host,
                        Printable.of(each.domain.name()),
                        Printable.of(each.disk.vdev()),
                        each.owner == null ? "an operator" : each.owner.policy.name()))
            .collect(Collectors.joining(", "));
    return "%s; 'blkwarden throttles' lists all, 'blkwarden throttle --force' overrides the limit"
        .formatted(held.isEmpty() ? "" : "; throttled now: " + held);
  }

  private Optional<String> refusal(Found at, Restraint restraint, boolean forced) {
    Throttle held = engine.throttleTable.of(at.tracker().host(), at.disk().key());
    Lease lease = held == null ? null : held.lease();
    if (held != null
        && lease != null
        && (lease.commands() > 0 || held.state instanceof ThrottleState.Releasing)) {
      return Optional.of("another command for it is pending; try again");
    }
    if (held != null && held.local) {
      return Optional.of("an operator on the host throttles it; release that throttle first");
    }
    Optional<Refusal> paused = engine.paused();
    if (paused.isPresent()) {
      return Optional.of(paused.get().text() + "; 'blkwarden resume' ends that");
    }
    if (!at.tracker().problem.isEmpty()) {
      return Optional.of(Printable.of(at.tracker().problem));
    }
    if (at.tracker().stale) {
      return Optional.of("the host does not report");
    }
    if (Boolean.FALSE.equals(at.tracker().acting)) {
      return Optional.of(Refusal.Plain.READ_ONLY_AGENT.text());
    }
    if (engine.epoch.isPresent() && at.tracker().epochSeen < engine.epoch.getAsLong()) {
      return Optional.of(Refusal.Plain.AGENT_UNINFORMED.text() + "; try again in 10 s");
    }
    Optional<String> refusal =
        engine
            .safetyRefusal(at.tracker(), at.disk())
            .filter(why -> !forced || !why.isSafetyLimit())
            .map(Refusal::text);
    if (refusal.isPresent()) {
      return refusal;
    }
    // an operator may try a step that harmed before
    Ladder.Next next =
        Ladder.next(List.of(restraint), 0, at.disk(), at.tracker().limits, _ -> false);
    return switch (next) {
      case Ladder.Next.Available _ -> Optional.empty();
      case Ladder.Next.Exhausted(String note) -> Optional.of(note);
      case Ladder.Next.Ineffective(String note) -> Optional.of(note);
    };
  }

  private void release(Input.RequestReceived request, Found at) {
    if (at.tracker().runs.duplicate) {
      String why = at.name() + " is not released: " + at.tracker().problem;
      engine.answer(request, Verdict.REFUSED, why);
      return;
    }
    String reason = "%s: %s".formatted(request.by(), request.reason());
    ThrottleEvent event =
        new ThrottleEvent.OperatorReleased(Printable.of(request.by()), reason, false);
    finishBreaches(at.tracker(), at.disk().key(), event);
    Throttle held = engine.throttleTable.of(at.tracker().host(), at.disk().key());
    if (held == null) {
      engine.answer(request, Verdict.DONE, at.name() + " is not throttled");
      return;
    }
    PendingRequest waiting = pending.add(request, at.name() + " is released", 1);
    Lease lease = held.lease();
    throttles.apply(held, event, held.owner, waiting);
    record(at, request, Decision.Verdict.RELEASE, lease, reason);
  }

  /** Keeps policies from throttling the disk, or any disk, again before its breach is over. */
  private void finishBreaches(HostTracker tracker, @Nullable DiskKey disk, ThrottleEvent event) {
    for (Breach each : tracker.breaches()) {
      if (each.evaluation.breached()
          && (disk == null || each.evaluation.disk.equals(disk))
          && each.throttle.lease() == null) {
        throttles.apply(each.throttle, event);
      }
    }
  }

  /** Evaluates all breaches again after a pause. */
  void resumed() {
    for (HostTracker tracker : engine.hosts.values()) {
      for (Breach each : tracker.breaches()) {
        if (each.evaluation.breached()) {
          throttles.apply(each.throttle, new ThrottleEvent.Resumed());
        }
      }
    }
  }

  private void releaseAll(Input.RequestReceived request) {
    PendingRequest waiting = pending.add(request, "everything is released", 0);
    String reason = "%s: %s".formatted(request.by(), request.reason());
    ThrottleEvent event =
        new ThrottleEvent.OperatorReleased(Printable.of(request.by()), reason, true);
    for (HostTracker tracker : engine.hosts.values()) {
      finishBreaches(tracker, null, event);
      if (tracker.runs.duplicate) {
        waiting.failures.add(tracker.host() + ": " + tracker.problem);
      }
      Optional<MessageId> command = engine.send(tracker, reason, new CommandAction.ReleaseAll());
      command.ifPresent(id -> {
        waiting.open++;
        CommandPurpose all = CommandPurpose.RELEASE_ALL;
        engine.throttleTable.sent(
            new PendingCommand(id, tracker.host(), all, null, null, waiting, engine.millis()));
      });
    }
    // ticks release the remaining ones one by one
    engine.throttleTable.all().forEach(throttle -> throttles.apply(throttle, event));
    Map<String, Double> numbers = Map.of("hosts", (double) waiting.open);
    Decision decision =
        Decision.ofFleet(engine.now.wall(), Decision.Verdict.RELEASE, reason, numbers);
    engine.record(decision.requestedBy(request.key()));
    pending.finish(waiting);
  }

  /** Requests that the stored data of a host is deleted. */
  private void removeHost(Input.RequestReceived request, HostId host) {
    HostTracker tracker = engine.hosts.get(host);
    int leases = engine.throttleTable.ofHost(host).size();
    if (tracker == null && engine.alerts.restored.of(host).isEmpty()) {
      engine.answer(request, Verdict.FAILED, unknown(host));
    } else if (tracker != null && tracker.live) {
      engine.answer(request, Verdict.REFUSED, host + " is still reporting: stop its agent first");
    } else if (leases > 0) {
      String why =
          "%s may still have %d throttles, which expire by themselves: try again later"
              .formatted(host, leases);
      engine.answer(request, Verdict.REFUSED, why);
    } else {
      engine.effects.add(new Effect.RemoveHost(host, request));
    }
  }

  /** Removes a host whose stored data is deleted. */
  void hostRemoved(Effect.RemoveHost removed) {
    HostId host = removed.host();
    HostTracker tracker = engine.hosts.get(host);
    if (tracker != null) {
      tracker.openEvaluations().forEach(each -> sampling.close(each, Ending.HOST_REMOVED));
      tracker.scoped.forEach(each -> each.apply(new AlertEvent.Ended(Ending.HOST_REMOVED)));
      tracker.attributions.end();
      engine.setLive(tracker, false);
      engine.hosts.remove(host);
    }
    engine.alerts.restored.end(host, Ending.HOST_REMOVED);
    Input.RequestReceived request = removed.asked();
    record(request, host, null, null, Decision.Verdict.FORGET, null, request.reason());
    engine.answer(
        request, Verdict.DONE, host + " is forgotten; it returns when its agent reports again");
  }

  private void record(
      Found at,
      Input.RequestReceived request,
      Decision.Verdict verdict,
      @Nullable Lease lease,
      String reason) {
    MessageId id = lease == null ? null : lease.id();
    String vdev = at.disk().disk().vdev();
    record(request, at.tracker().host(), at.disk().domain(), vdev, verdict, id, reason);
  }

  private void record(
      Input.RequestReceived request,
      HostId host,
      @Nullable DomainRef domain,
      @Nullable String vdev,
      Decision.Verdict verdict,
      @Nullable MessageId lease,
      String reason) {
    Instant now = engine.now.wall();
    String text = "asked by %s: %s".formatted(request.by(), reason);
    Decision decision = new Decision(now, host, domain, vdev, null, verdict, lease, text, Map.of());
    engine.record(decision.requestedBy(request.key()));
  }
}
