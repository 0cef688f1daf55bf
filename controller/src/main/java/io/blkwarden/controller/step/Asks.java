package io.blkwarden.controller.step;

import io.blkwarden.commandline.Nearest;
import io.blkwarden.controller.plan.Decision;
import io.blkwarden.controller.plan.Guard;
import io.blkwarden.controller.plan.Ladder;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Printable;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorReply.Verdict;
import io.blkwarden.model.message.OperatorRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Answers people: finds the disk they name, asks the guards, and waits for the agent.
 *
 * <p>At most {@link StepSettings#pendingAsksMax()} wait at a time; further ones are refused.
 */
final class Asks {
  private static final int FAILURES_SHOWN = 5;

  private final World world;
  private final Leases leases;
  private final Proposals proposals;
  private final Forgetting forgetting;
  private final OperatorInputs inputs;
  private final List<Ask> open = new ArrayList<>();

  Asks(
      World world,
      Leases leases,
      Proposals proposals,
      Forgetting forgetting,
      OperatorInputs inputs) {
    this.world = world;
    this.proposals = proposals;
    this.leases = leases;
    this.forgetting = forgetting;
    this.inputs = inputs;
  }

  void take(Input.Asked request) {
    long correlation = request.correlation();
    if (world.claim().isEmpty()) {
      answer(correlation, Verdict.REFUSED, "this controller does not hold the claim to act");
    } else if (open.size() >= world.settings.pendingAsksMax()) {
      answer(correlation, Verdict.REFUSED, "too many requests wait for agents; try again");
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
        case OperatorRequest.Forget ask -> forgetting.ask(request, ask.host());
        case OperatorRequest.Lasting ask -> inputs.ask(request, ask);
      }
    }
  }

  private record Found(HostWatch watch, MappedDisk disk) {
    String name() {
      return "%s of %s on %s"
          .formatted(
              Printable.of(disk.disk().vdev()), Printable.of(disk.domain().name()), watch.host());
    }
  }

  private Optional<Found> find(HostId host, String domain, String vdev, long correlation) {
    HostWatch watch = world.hosts.get(host);
    if (watch == null) {
      answer(correlation, Verdict.FAILED, unknown(world, host));
      return Optional.empty();
    }
    if (!watch.state.map().present()) {
      String why = Printable.of(HostProblems.noMap(watch));
      answer(correlation, Verdict.FAILED, "host %s is known: %s".formatted(host, why));
      return Optional.empty();
    }
    List<MappedDisk> disks = new ArrayList<>();
    boolean domainKnown = false;
    Set<String> domains = new TreeSet<>();
    Set<String> vdevs = new TreeSet<>();
    for (int row = 0; row < watch.state.rows(); row++) {
      MappedDisk disk = watch.state.disk(row);
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
      return Optional.of(new Found(watch, disks.getFirst()));
    }
    String name = Printable.of(domain);
    answer(
        correlation,
        disks.isEmpty() ? Verdict.FAILED : Verdict.REFUSED,
        disks.size() > 1
            ? "several domains on %s are called %s: give the UUID".formatted(host, name)
            : domainKnown
                ? "domain %s on %s has no disk %s; %s"
                    .formatted(name, host, Printable.of(vdev), meant(vdev, vdevs, "disks"))
                : "host %s has no domain %s; %s"
                    .formatted(host, name, meant(domain, domains, "domains")));
    return Optional.empty();
  }

  /** That nobody knows the host, and which one was perhaps meant. */
  static String unknown(World world, HostId host) {
    List<String> known = world.hosts.keySet().stream().map(HostId::value).toList();
    return "host %s is not known; %s".formatted(host, meant(host.value(), known, "hosts"));
  }

  /** What was perhaps meant, or where it can be looked up. */
  private static String meant(String written, Collection<String> known, String what) {
    String question = Nearest.question(written, known);
    return question.isEmpty() ? "'blkwarden map' lists the " + what : Printable.of(question);
  }

  private void throttle(Input.Asked request, OperatorRequest.Throttle ask) {
    long correlation = request.correlation();
    Optional<Found> found = find(ask.host(), ask.domain(), ask.disk(), correlation);
    if (found.isEmpty()) {
      return;
    }
    Found at = found.get();
    Optional<String> refusal = refusal(at, ask.restraint());
    if (refusal.isPresent()) {
      note(at, request, Decision.Verdict.REFUSE, null, refusal.get());
      answer(correlation, Verdict.REFUSED, at.name() + " is not throttled: " + refusal.get());
      return;
    }
    Ask waits = wait(correlation, "%s is set to %s".formatted(at.name(), ask.restraint()), 1);
    Throttle held = world.throttles.of(ask.host(), at.disk().key());
    Pending.Purpose purpose = held == null ? Pending.Purpose.START : Pending.Purpose.MOVE;
    String reason = "%s: %s".formatted(request.by(), request.reason());
    if (held == null) {
      held =
          new Throttle(
              world.id(),
              ask.host(),
              at.disk().domain(),
              at.disk().key(),
              ask.restraint(),
              reason,
              Throttle.Stage.REQUESTED);
      world.throttles.add(held);
    }
    held.person = request.by();
    disown(held);
    held.leaseMillis = ask.leaseMs();
    leases.set(at.watch(), held, at.disk(), ask.restraint(), purpose, waits);
    note(at, request, Decision.Verdict.ACT, held, reason);
  }

  /** A person's word goes before a policy's until that throttle ends. */
  private static void disown(Throttle held) {
    if (held.owner != null && held.owner.episode != null) {
      held.owner.episode.throttle = null;
    }
    held.owner = null;
    held.way = null;
    held.effectOpen = false;
  }

  private Optional<String> refusal(Found at, Restraint restraint) {
    Throttle held = world.throttles.of(at.watch().host(), at.disk().key());
    if (held != null && (held.pending != null || held.stage == Throttle.Stage.ENDING)) {
      return Optional.of("another command for it is under way; try again");
    }
    Optional<String> paused = Paused.why(world);
    if (paused.isPresent()) {
      return Optional.of(paused.get() + "; 'blkwarden resume' ends that");
    }
    if (!at.watch().problem.isEmpty()) {
      return Optional.of(Printable.of(at.watch().problem));
    }
    if (at.watch().silent) {
      return Optional.of("nothing is heard of the host");
    }
    if (Boolean.FALSE.equals(at.watch().acting)) {
      return Optional.of("the host's agent only watches");
    }
    if (world.claim().isPresent() && at.watch().epochSeen < world.claim().getAsLong()) {
      return Optional.of(
          "the host's agent has not told this controller yet what it holds; try again in 10 s");
    }
    Optional<String> guard =
        Guard.refusal(
                world.rules().policies,
                at.watch().host(),
                at.disk(),
                at.watch().state.map().gap(),
                world.load(at.watch().host(), at.disk().key()))
            .map(Guard.Refusal::reason);
    if (guard.isPresent()) {
      return guard;
    }
    // what harmed is no hindrance to a person, who may know why
    Ladder.Next next =
        Ladder.next(List.of(restraint), 0, at.disk().physical(), at.watch().limits, _ -> false);
    return switch (next) {
      case Ladder.Next.Rung _ -> Optional.empty();
      case Ladder.Next.Exhausted(String note) -> Optional.of(note);
      case Ladder.Next.Ineffective(String note) -> Optional.of(note);
    };
  }

  private void release(Input.Asked request, OperatorRequest.Release ask) {
    long correlation = request.correlation();
    Optional<Found> found = find(ask.host(), ask.domain(), ask.disk(), correlation);
    if (found.isEmpty()) {
      return;
    }
    Found at = found.get();
    if (at.watch().runs.duplicate()) {
      String why = at.name() + " is not released: " + at.watch().problem;
      answer(correlation, Verdict.REFUSED, why);
      return;
    }
    letGo(at.watch(), at.disk(), request);
    Throttle held = world.throttles.of(ask.host(), at.disk().key());
    if (held == null) {
      answer(correlation, Verdict.DONE, at.name() + " is not throttled");
      return;
    }
    Ask waits = wait(correlation, at.name() + " is released", 1);
    String reason = "%s: %s".formatted(request.by(), request.reason());
    leases.release(at.watch(), held, reason, waits);
    note(at, request, Decision.Verdict.RELEASE, held, reason);
  }

  /** No policy throttles the disk again before its breach is over. */
  private static void letGo(HostWatch watch, @Nullable MappedDisk disk, Input.Asked request) {
    for (Case each : watch.cases.values()) {
      Episode episode = each.episode;
      if (episode != null && (disk == null || each.disk.equals(disk.key()))) {
        episode.doneByReleaseAll = disk == null && (episode.doneByReleaseAll || !episode.done);
        episode.done = true;
        episode.decided = "released";
        episode.note = "released by " + Printable.of(request.by());
      }
    }
  }

  /** Acting goes on: breaches that were stopped with all others are judged anew. */
  void resumed() {
    for (HostWatch watch : world.hosts.values()) {
      for (Case each : watch.cases.values()) {
        Episode episode = each.episode;
        if (episode != null && episode.doneByReleaseAll && !episode.calm) {
          episode.again();
        }
      }
    }
  }

  private void releaseAll(Input.Asked request) {
    Ask waits = wait(request.correlation(), "everything is released", 0);
    String reason = "%s: %s".formatted(request.by(), request.reason());
    for (HostWatch watch : world.hosts.values()) {
      letGo(watch, null, request);
      if (watch.runs.duplicate()) {
        waits.failures.add(watch.host() + ": " + watch.problem);
      }
      Optional<MessageId> command =
          world.send(watch.host(), reason, new CommandAction.ReleaseAll());
      command.ifPresent(id -> {
        waits.open++;
        world.throttles.sent(
            new Pending(
                id, watch.host(), Pending.Purpose.RELEASE_ALL, null, null, waits, world.millis()));
      });
    }
    for (Throttle throttle : world.throttles.all()) {
      throttle.stage = Throttle.Stage.ENDING;
      throttle.releases = 1; // ticks end those one by one that outlive this
    }
    world.add(
        new Effect.Note(
            Decision.ofFleet(
                    world.now().wall(),
                    Decision.Verdict.RELEASE,
                    reason,
                    Map.of("hosts", (double) waits.open))
                .requestedBy(request.key())));
    finish(waits);
  }

  private Ask wait(long correlation, String what, int agents) {
    Ask ask = new Ask(correlation, what, world.millis());
    ask.open = agents;
    open.add(ask);
    return ask;
  }

  /** One of the agents that a request waits for did what was asked. */
  void done(@Nullable Ask ask) {
    if (ask != null) {
      ask.open--;
      ask.done++;
      finish(ask);
    }
  }

  /** One of them did not. */
  void failed(@Nullable Ask ask, String why) {
    if (ask != null) {
      ask.open--;
      ask.failures.add(why);
      finish(ask);
    }
  }

  private void finish(Ask ask) {
    if (ask.open > 0 || !open.remove(ask)) {
      return;
    }
    if (ask.failures.isEmpty()) {
      String hosts = ask.done > 1 ? " on %d hosts".formatted(ask.done) : "";
      answer(ask.correlation, Verdict.DONE, ask.what + hosts);
    } else {
      answer(
          ask.correlation,
          verdict(ask),
          "%s: not so on %d of %d hosts: %s"
              .formatted(
                  ask.what,
                  ask.failures.size(),
                  ask.failures.size() + ask.done,
                  String.join("; ", ask.failures.stream().limit(FAILURES_SHOWN).toList())));
    }
  }

  private static Verdict verdict(Ask ask) {
    boolean guard = ask.failures.stream().allMatch(why -> why.contains(": refused ("));
    return guard ? Verdict.REFUSED : Verdict.FAILED;
  }

  /** Answers those who have waited too long, or all when the claim is lost. */
  void giveUp(boolean all) {
    long limit = world.settings.answerMillis();
    for (Ask ask : List.copyOf(open)) {
      if (all || world.millis() - ask.sinceMillis > limit) {
        open.remove(ask);
        answer(
            ask.correlation,
            Verdict.FAILED,
            all
                ? "this controller lost its claim before an answer came"
                : "%d agents gave no answer in %d ms; what they do is not known"
                    .formatted(ask.open, limit));
      }
    }
  }

  private void note(
      Found at,
      Input.Asked request,
      Decision.Verdict verdict,
      @Nullable Throttle throttle,
      String reason) {
    world.add(
        new Effect.Note(
            new Decision(
                    world.now().wall(),
                    at.watch().host(),
                    at.disk().domain(),
                    at.disk().disk().vdev(),
                    null,
                    verdict,
                    throttle == null ? null : throttle.lease,
                    "asked by %s: %s".formatted(request.by(), reason),
                    Map.of())
                .requestedBy(request.key())));
  }

  private void answer(long correlation, Verdict verdict, String detail) {
    String shown = detail.length() > 2_000 ? detail.substring(0, 2_000) : detail;
    answer(correlation, new OperatorReply(verdict, shown));
  }

  private void answer(long correlation, OperatorReply reply) {
    world.add(new Effect.Answer(correlation, reply));
  }
}
