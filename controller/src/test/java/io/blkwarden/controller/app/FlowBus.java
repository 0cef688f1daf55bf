package io.blkwarden.controller.app;

import io.blkwarden.controller.baseline.DiskBaseline;
import io.blkwarden.controller.bus.FleetBus;
import io.blkwarden.controller.leader.Leadership;
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

/** A fake bus with the inputs of a test, which records sent messages. */
final class FlowBus implements FleetBus {
  final TestPublisher<BusMessage> samples = TestPublisher.create();
  final TestPublisher<BusMessage> reports = TestPublisher.create();
  final TestPublisher<BusMessage> outcomes = TestPublisher.create();
  final TestPublisher<BusMessage> operatorRequests = TestPublisher.create();
  final TestPublisher<FleetBus.StoredMapping> storedMappings = TestPublisher.create();
  final TestPublisher<FleetBus.SharedState> sharedState = TestPublisher.create();
  final List<Alert> alerts = new ArrayList<>();
  final List<DecisionNote> decisions = new ArrayList<>();
  final List<String> replies = new ArrayList<>();
  final List<HostId> fetched = new ArrayList<>();
  final Sinks.Empty<Void> alertsStored = Sinks.empty();
  Leadership leadership = new Leadership.Unknown();
  Function<byte[], Mono<byte[]>> agents = _ -> Mono.never();

  /** Changes leadership. */
  void leads(Leadership now) {
    leadership = now;
    sharedState.next(new FleetBus.SharedState.LeadershipChanged(now));
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
  public Flux<BusMessage> operatorRequests() {
    return operatorRequests.flux();
  }

  @Override
  public Flux<FleetBus.StoredMapping> storedMappings() {
    return storedMappings.flux();
  }

  @Override
  public Flux<FleetBus.SharedState> sharedState() {
    return sharedState.flux();
  }

  @Override
  public Mono<byte[]> sendCommand(HostId host, byte[] command, Duration timeout) {
    return agents.apply(command);
  }

  @Override
  public void reply(String replyTo, OperatorReply reply) {
    replies.add(replyTo + " " + reply.detail());
  }

  @Override
  public void observeEpoch(long epoch) {}

  @Override
  public Mono<Void> storeOperatorInput(
      OperatorInput input, boolean set, List<OperatorInput> expired) {
    return Mono.error(new IllegalStateException("no room"));
  }

  @Override
  public Mono<Void> deleteMapping(HostId host) {
    return Mono.empty();
  }

  @Override
  public Mono<FleetBus.StoredMapping> storedMapping(HostId host) {
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
  public FleetBus.Status status() {
    return new FleetBus.Status(true, true, leadership, "");
  }
}
