package io.blkwarden.controller.engine;

import io.blkwarden.commandline.Nearest;
import io.blkwarden.controller.silence.InputChange;
import io.blkwarden.controller.throttle.CommandPurpose;
import io.blkwarden.controller.throttle.Decision;
import io.blkwarden.controller.throttle.Ladder;
import io.blkwarden.controller.throttle.Lease;
import io.blkwarden.controller.throttle.Refusal;
import io.blkwarden.controller.throttle.ThrottleEvent;
import io.blkwarden.controller.throttle.ThrottleState;
import io.blkwarden.model.DiskKey;
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
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Handles operators' requests: finds the disk, runs the safety checks, and answers once the agent
 * has.
 *
 * <p>At most {@link EngineSettings#PENDING_REQUESTS_MAX} wait at a time; further ones are refused.
 */
final class OperatorRequests {
  private static final int FAILURES_SHOWN = 5;

  private final EngineState engine;
  private final Throttles throttles;
  private final Proposals proposals;
  private final HostRemoval hostRemoval;
  private final List<PendingRequest> open = new ArrayList<>();

  OperatorRequests(
      EngineState engine, Throttles throttles, Proposals proposals, HostRemoval hostRemoval) {
    this.engine = engine;
    this.proposals = proposals;
    this.throttles = throttles;
    this.hostRemoval = hostRemoval;
  }

  void take(Input.RequestReceived request) {
    long correlation = request.correlation();
    if (engine.epoch.isEmpty()) {
      answer(correlation, Verdict.REFUSED, "this controller is not the leader");
    } else if (open.size() >= EngineSettings.PENDING_REQUESTS_MAX) {
      answer(correlation, Verdict.REFUSED, "too many requests are waiting for agents; try again");
    } else {
      switch (request.request().ask()) {
        case OperatorRequest.Throttle ask -> throttle(request, ask);
        case OperatorRequest.Release ask -> release(request, ask);
        case OperatorRequest.ReleaseAll _ -> releaseAll(request);
        case OperatorRequest.Proposals _ -> answer(correlation, proposals.list());
        case OperatorRequest.Approve ask ->
            answer(correlation, proposals.approve(request, ask.proposal()));
        case OperatorRequest.Deny ask ->
            answer(correlation, proposals.deny(request, ask.proposal()));
        case OperatorRequest.Forget ask -> hostRemoval.ask(request, ask.host());
        case OperatorRequest.Lasting ask -> lasting(request, ask);
        case OperatorRequest.Fleet _ ->
            answer(correlation, Verdict.FAILED, "expected a request that changes something");
      }
    }
  }

  /** A request for a silence, an acknowledgement or the pause, answered once it is in force. */
  private void lasting(Input.RequestReceived request, OperatorRequest.Lasting ask) {
    Instant now = engine.now.wall().truncatedTo(ChronoUnit.MILLIS);
    InputChange change =
        InputChange.of(
            engine.operatorState, request.request(), ask, request.key(), now, engine.newId());
    switch (change) {
      case InputChange.Store(OperatorInput input, boolean set, List<OperatorInput> expired) ->
          engine.effects.add(new Effect.StoreInput(input, set, expired, request));
      case InputChange.Refused(String why) ->
          answer(request.correlation(), new OperatorReply(Verdict.FAILED, why));
    }
  }

  /** The change is in force. */
  void inputStored(Effect.StoreInput stored) {
    Input.RequestReceived request = stored.asked();
    String what = InputChange.describe(stored.input(), stored.set());
    String reason = "%s, asked by %s: %s".formatted(what, request.by(), request.reason());
    Decision decision =
        Decision.ofFleet(engine.now.wall(), Decision.Verdict.REQUEST, reason, Map.of());
    MessageId about = stored.input() instanceof Ack ack ? ack.about() : null;
    engine.record(decision.toldBy(about).requestedBy(request.key()));
    answer(
        request.correlation(),
        new OperatorReply(
            Verdict.DONE, what, null, stored.set() ? stored.input() : null, null));
  }

  private record Found(HostTracker tracker, MappedDisk disk) {
    String name() {
      return "%s of %s on %s"
          .formatted(
              Printable.of(disk.disk().vdev()), Printable.of(disk.domain().name()), tracker.host());
    }
  }

  private Optional<Found> find(HostId host, String domain, String vdev, long correlation) {
    HostTracker tracker = engine.hosts.get(host);
    if (tracker == null) {
      answer(correlation, Verdict.FAILED, unknown(engine, host));
      return Optional.empty();
    }
    if (!tracker.state.map().present()) {
      String why = Printable.of(HostProblems.noMap(tracker));
      answer(correlation, Verdict.FAILED, "host %s is known: %s".formatted(host, why));
      return Optional.empty();
    }
    List<MappedDisk> disks = new ArrayList<>();
    boolean domainKnown = false;
    Set<String> domains = new TreeSet<>();
    Set<String> vdevs = new TreeSet<>();
    for (int row = 0; row < tracker.state.rows(); row++) {
      MappedDisk disk = tracker.state.disk(row);
      boolean named =
          disk.domain().name().equals(domain)
              || disk.domain().uuid().toString().equalsIgnoreCase(domain);
      domainKnown |= named;
      (named ? vdevs : domains).add(named ? disk.disk().vdev() : disk.domain().name());
      if (named && disk.disk().vdev().equals(vdev) && disk.state() != MappingState.GONE) {
        disks.add(disk);
      }
    }
    if (disks.size() == 1) {
      return Optional.of(new Found(tracker, disks.getFirst()));
    }
    String name = Printable.of(domain);
    answer(
        correlation,
        disks.isEmpty() ? Verdict.FAILED : Verdict.REFUSED,
        disks.size() > 1
            ? "several domains on %s are called %s: give the UUID".formatted(host, name)
            : domainKnown
                ? "domain %s on %s has no disk %s; %s"
                    .formatted(name, host, Printable.of(vdev), suggestion(vdev, vdevs, "disks"))
                : "host %s has no domain %s; %s"
                    .formatted(host, name, suggestion(domain, domains, "domains")));
    return Optional.empty();
  }

  /** Text for an unknown host, with a suggestion. */
  static String unknown(EngineState engine, HostId host) {
    List<String> known = engine.hosts.keySet().stream().map(HostId::value).toList();
    return "host %s is not known; %s".formatted(host, suggestion(host.value(), known, "hosts"));
  }

  /** A suggestion, or where to look it up. */
  private static String suggestion(String written, Collection<String> known, String what) {
    String question = Nearest.question(written, known);
    return question.isEmpty() ? "'blkwarden map' lists the " + what : Printable.of(question);
  }

  private void throttle(Input.RequestReceived request, OperatorRequest.Throttle ask) {
    long correlation = request.correlation();
    Optional<Found> found = find(ask.host(), ask.domain(), ask.disk(), correlation);
    if (found.isEmpty()) {
      return;
    }
    Found at = found.get();
    Optional<Refusal> limit =
        engine.safetyRefusal(at.tracker(), at.disk()).filter(Refusal::isSafetyLimit);
    boolean forced = limit.isPresent() && Boolean.TRUE.equals(ask.force());
    Optional<String> refusal =
        refusal(at, ask.restraint(), forced)
            .map(why -> limit.isPresent() && !forced ? why + holders(at) : why);
    if (refusal.isPresent()) {
      note(at, request, Decision.Verdict.REFUSE, null, refusal.get());
      answer(correlation, Verdict.REFUSED, at.name() + " is not throttled: " + refusal.get());
      return;
    }
    PendingRequest waits =
        wait(correlation, "%s is set to %s".formatted(at.name(), ask.restraint()), 1);
    Throttle held = engine.throttles.of(ask.host(), at.disk().key());
    if (held == null) {
      held = new Throttle(ask.host(), at.disk().domain(), at.disk().key());
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
    throttles.apply(held, set, null, waits);
    note(at, request, Decision.Verdict.ACT, held.lease(), reason);
  }

  /** An operator's throttle takes precedence over a policy's until it ends. */
  private static void disown(Throttle held) {
    Evaluation owner = held.owner;
    Breach breach = owner == null ? null : owner.breach;
    held.owner = null;
    if (owner != null && breach != null && breach.throttle == held) {
      breach.throttle = Throttle.of(held.host, owner);
      breach.throttle.attempts = held.attempts;
    }
  }

  /** What is throttled already, and how to override the safety limit. */
  private String holders(Found at) {
    String held =
        engine.throttles.all().stream()
            .filter(each ->
                each.host.equals(at.tracker().host())
                    || each.domain.uuid().equals(at.disk().domain().uuid()))
            .limit(FAILURES_SHOWN)
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
    Throttle held = engine.throttles.of(at.tracker().host(), at.disk().key());
    Lease lease = held == null ? null : held.lease();
    if (held != null
        && lease != null
        && (lease.commands() > 0 || held.state instanceof ThrottleState.Releasing)) {
      return Optional.of("another command for it is pending; try again");
    }
    Optional<Refusal> paused = engine.paused();
    if (paused.isPresent()) {
      return Optional.of(paused.get().text() + "; 'blkwarden resume' ends that");
    }
    if (!at.tracker().problem.isEmpty()) {
      return Optional.of(Printable.of(at.tracker().problem));
    }
    if (at.tracker().silent) {
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
        Ladder.next(List.of(restraint), 0, at.disk().physical(), at.tracker().limits, _ -> false);
    return switch (next) {
      case Ladder.Next.Available _ -> Optional.empty();
      case Ladder.Next.Exhausted(String note) -> Optional.of(note);
      case Ladder.Next.Ineffective(String note) -> Optional.of(note);
    };
  }

  private void release(Input.RequestReceived request, OperatorRequest.Release ask) {
    long correlation = request.correlation();
    Optional<Found> found = find(ask.host(), ask.domain(), ask.disk(), correlation);
    if (found.isEmpty()) {
      return;
    }
    Found at = found.get();
    if (at.tracker().runs.duplicate) {
      String why = at.name() + " is not released: " + at.tracker().problem;
      answer(correlation, Verdict.REFUSED, why);
      return;
    }
    String reason = "%s: %s".formatted(request.by(), request.reason());
    ThrottleEvent event =
        new ThrottleEvent.OperatorReleased(Printable.of(request.by()), reason, false);
    finishBreaches(at.tracker(), at.disk().key(), event);
    Throttle held = engine.throttles.of(ask.host(), at.disk().key());
    if (held == null) {
      answer(correlation, Verdict.DONE, at.name() + " is not throttled");
      return;
    }
    PendingRequest waits = wait(correlation, at.name() + " is released", 1);
    Lease lease = held.lease();
    throttles.apply(held, event, held.owner, waits);
    note(at, request, Decision.Verdict.RELEASE, lease, reason);
  }

  /** No policy throttles the disk, or any disk, again before its breach is over. */
  private void finishBreaches(HostTracker tracker, @Nullable DiskKey disk, ThrottleEvent event) {
    for (Breach each : tracker.breaches()) {
      if (each.evaluation.breached()
          && (disk == null || each.evaluation.disk.equals(disk))
          && each.throttle.lease() == null) {
        throttles.apply(each.throttle, event);
      }
    }
  }

  /** Enforcement resumes: breaches that were stopped with all others are evaluated again. */
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
    PendingRequest waits = wait(request.correlation(), "everything is released", 0);
    String reason = "%s: %s".formatted(request.by(), request.reason());
    ThrottleEvent event =
        new ThrottleEvent.OperatorReleased(Printable.of(request.by()), reason, true);
    for (HostTracker tracker : engine.hosts.values()) {
      finishBreaches(tracker, null, event);
      if (tracker.runs.duplicate) {
        waits.failures.add(tracker.host() + ": " + tracker.problem);
      }
      Optional<MessageId> command =
          engine.send(tracker.host(), reason, new CommandAction.ReleaseAll());
      command.ifPresent(id -> {
        waits.open++;
        CommandPurpose all = CommandPurpose.RELEASE_ALL;
        engine.throttles.sent(
            new PendingCommand(id, tracker.host(), all, null, null, waits, engine.millis()));
      });
    }
    // ticks release those one by one that are left after this
    engine.throttles.all().forEach(throttle -> throttles.apply(throttle, event));
    Map<String, Double> numbers = Map.of("hosts", (double) waits.open);
    Decision decision =
        Decision.ofFleet(engine.now.wall(), Decision.Verdict.RELEASE, reason, numbers);
    engine.record(decision.requestedBy(request.key()));
    finish(waits);
  }

  private PendingRequest wait(long correlation, String what, int agents) {
    PendingRequest waits = new PendingRequest(correlation, what, engine.millis());
    waits.open = agents;
    open.add(waits);
    return waits;
  }

  /** One of the agents that a request waits for succeeded. */
  void done(@Nullable PendingRequest waits) {
    if (waits != null) {
      waits.open--;
      waits.done++;
      finish(waits);
    }
  }

  /** One of them failed. */
  void failed(@Nullable PendingRequest waits, String why) {
    if (waits != null) {
      waits.open--;
      waits.failures.add(why);
      finish(waits);
    }
  }

  private void finish(PendingRequest waits) {
    if (waits.open > 0 || !open.remove(waits)) {
      return;
    }
    if (waits.failures.isEmpty()) {
      String hosts = waits.done > 1 ? " on %d hosts".formatted(waits.done) : "";
      answer(waits.correlation, Verdict.DONE, waits.what + hosts);
    } else {
      boolean refused = waits.failures.stream().allMatch(why -> why.contains(": refused ("));
      answer(
          waits.correlation,
          refused ? Verdict.REFUSED : Verdict.FAILED,
          "%s: failed on %d of %d hosts: %s"
              .formatted(
                  waits.what,
                  waits.failures.size(),
                  waits.failures.size() + waits.done,
                  String.join("; ", waits.failures.stream().limit(FAILURES_SHOWN).toList())));
    }
  }

  /** Answers overdue requests, or all when leadership is lost. */
  void giveUp(boolean all) {
    long limit = EngineSettings.ANSWER_MILLIS;
    for (PendingRequest waits : List.copyOf(open)) {
      if (all || engine.millis() - waits.sinceMillis > limit) {
        open.remove(waits);
        answer(
            waits.correlation,
            Verdict.FAILED,
            all
                ? "this controller lost leadership before an answer came"
                : "%d agents gave no answer in %d ms; their state is unknown"
                    .formatted(waits.open, limit));
      }
    }
  }

  private void note(
      Found at,
      Input.RequestReceived request,
      Decision.Verdict verdict,
      @Nullable Lease lease,
      String reason) {
    Instant now = engine.now.wall();
    HostId host = at.tracker().host();
    String vdev = at.disk().disk().vdev();
    MessageId id = lease == null ? null : lease.id();
    String text = "asked by %s: %s".formatted(request.by(), reason);
    Decision decision =
        new Decision(now, host, at.disk().domain(), vdev, null, verdict, id, text, Map.of());
    engine.record(decision.requestedBy(request.key()));
  }

  private void answer(long correlation, Verdict verdict, String detail) {
    String shown = detail.length() > 2_000 ? detail.substring(0, 2_000) : detail;
    answer(correlation, new OperatorReply(verdict, shown));
  }

  private void answer(long correlation, OperatorReply reply) {
    engine.effects.add(new Effect.Answer(correlation, reply));
  }
}
