package io.blkwarden.controller.app;

import io.blkwarden.controller.baseline.DiskBaseline;
import io.blkwarden.controller.bus.BusState;
import io.blkwarden.controller.bus.FleetBus;
import io.blkwarden.controller.bus.Leadership;
import io.blkwarden.controller.bus.SharedState;
import io.blkwarden.controller.bus.StoredMapping;
import io.blkwarden.controller.nats.BusMessage;
import io.blkwarden.model.HostId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.DecisionNote;
import io.blkwarden.model.message.OperatorInput;
import io.blkwarden.model.message.OperatorReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.publisher.TestPublisher;

/** A simulation of the fleet's messages: what a test says comes in, and what goes out is kept. */
final class FlowBus implements FleetBus {
  final TestPublisher<BusMessage> samples = TestPublisher.create();
  final TestPublisher<BusMessage> reports = TestPublisher.create();
  final TestPublisher<BusMessage> outcomes = TestPublisher.create();
  final TestPublisher<BusMessage> requests = TestPublisher.create();
  final TestPublisher<StoredMapping> mappings = TestPublisher.create();
  final TestPublisher<SharedState> shared = TestPublisher.create();
  final List<Alert> alerts = new ArrayList<>();
  final List<DecisionNote> decisions = new ArrayList<>();
  final List<String> replies = new ArrayList<>();
  final List<HostId> fetched = new ArrayList<>();
  final Sinks.Empty<Void> alertsStored = Sinks.empty();
  Leadership leadership = new Leadership.Unknown();
  Function<byte[], Mono<byte[]>> agents = _ -> Mono.never();

  /** Gives the claim to this controller, or takes it. */
  void leads(Leadership now) {
    leadership = now;
    shared.next(new SharedState.LeadershipState(now));
  }

  @Override
  public Flux<BusMessage> samples() {
    return samples.flux();
  }

  @Override
  public Flux<BusMessage> reports() {
    return reports.flux();
  }

  @Override
  public Flux<BusMessage> outcomes() {
    return outcomes.flux();
  }

  @Override
  public Flux<BusMessage> requests() {
    return requests.flux();
  }

  @Override
  public Flux<StoredMapping> mappings() {
    return mappings.flux();
  }

  @Override
  public Flux<SharedState> shared() {
    return shared.flux();
  }

  @Override
  public Mono<byte[]> request(HostId host, byte[] command, Duration timeout) {
    return agents.apply(command);
  }

  @Override
  public void reply(String replyTo, OperatorReply reply) {
    replies.add(replyTo + " " + reply.detail());
  }

  @Override
  public void noticeEpoch(long epoch) {}

  @Override
  public Mono<Void> store(OperatorInput input, boolean set, List<OperatorInput> expired) {
    return Mono.error(new IllegalStateException("no room"));
  }

  @Override
  public Mono<Void> forget(HostId host) {
    return Mono.empty();
  }

  @Override
  public Mono<StoredMapping> mapping(HostId host) {
    return Mono.fromRunnable(() -> fetched.add(host));
  }

  @Override
  public Mono<Void> storeBaseline(DiskBaseline baseline) {
    return Mono.empty();
  }

  @Override
  public Mono<Void> publishAlerts(Flux<Alert> published) {
    return published.doOnNext(alerts::add).then(alertsStored.asMono());
  }

  @Override
  public Mono<Void> publishDecisions(Flux<DecisionNote> published) {
    return published.doOnNext(decisions::add).then();
  }

  @Override
  public BusState state() {
    return new BusState(true, true, leadership, "");
  }
}
