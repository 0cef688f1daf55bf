package io.blkwarden.controller.bus;

import io.blkwarden.controller.said.Said;
import io.blkwarden.controller.spec.FleetSpec;
import io.blkwarden.model.HostId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.DecisionNote;
import io.blkwarden.model.message.OperatorInput;
import io.blkwarden.model.message.OperatorReply;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;

/** bridge. */
@SuppressWarnings("NullAway")
public final class BusFlows implements FleetBus, Inbox {
  private final NatsFleetBus bus;
  private FluxSink<BusMessage> samples;
  private FluxSink<BusMessage> reports;
  private FluxSink<BusMessage> outcomes;
  private FluxSink<BusMessage> requests;
  private FluxSink<StoredMapping> mappings;
  private FluxSink<SharedState> shared;

  public BusFlows(NatsFleetBus bus) {
    this.bus = bus;
  }

  @Override
  public void sample(String subject, byte[] payload) {
    samples.next(new BusMessage(subject, null, payload));
  }

  @Override
  public void mapping(String subject, byte[] payload) {
    reports.next(new BusMessage(subject, null, payload));
  }

  @Override
  public boolean storedMapping(String key, byte[] payload) {
    mappings.next(new StoredMapping(key, payload));
    return true;
  }

  @Override
  public void learned(FleetSpec spec) {
    shared.next(new SharedState.Baseline(spec));
  }

  @Override
  public void heartbeat(String subject, byte[] payload) {
    reports.next(new BusMessage(subject, null, payload));
  }

  @Override
  public void outcome(String subject, byte[] payload) {
    outcomes.next(new BusMessage(subject, null, payload));
  }

  @Override
  public void operator(String subject, String replyTo, byte[] payload) {
    requests.next(new BusMessage(subject, replyTo, payload));
  }

  @Override
  public void said(Said said) {
    shared.next(new SharedState.OperatorInputs(said));
  }

  @Override
  public void openAlerts(List<Alert> open) {
    shared.next(new SharedState.OpenAlerts(open));
  }

  @Override
  public void claim(Claim claim) {
    shared.next(new SharedState.Leadership(claim));
  }

  @Override
  public Flux<BusMessage> samples() {
    return Flux.create(s -> samples = s);
  }

  @Override
  public Flux<BusMessage> reports() {
    return Flux.create(s -> reports = s);
  }

  @Override
  public Flux<BusMessage> outcomes() {
    return Flux.create(s -> outcomes = s);
  }

  @Override
  public Flux<BusMessage> requests() {
    return Flux.create(s -> requests = s);
  }

  @Override
  public Flux<StoredMapping> mappings() {
    return Flux.create(s -> mappings = s);
  }

  @Override
  public Flux<SharedState> shared() {
    return Flux.create(s -> shared = s);
  }

  @Override
  public Mono<byte[]> request(HostId host, byte[] command, Duration timeout) {
    return Mono.fromFuture(() -> bus.request(host, command, timeout.plusSeconds(1)), true);
  }

  @Override
  public void reply(String replyTo, OperatorReply reply) {
    bus.reply(replyTo, reply);
  }

  @Override
  public void noticeEpoch(long epoch) {
    bus.noticeEpoch(epoch);
  }

  @Override
  public Mono<Void> store(OperatorInput input, boolean set, List<OperatorInput> expired) {
    return Mono.fromFuture(() -> bus.store(input, set, expired));
  }

  @Override
  public Mono<Void> forget(HostId host) {
    return Mono.fromFuture(() -> bus.forget(host));
  }

  @Override
  public Mono<StoredMapping> mapping(HostId host) {
    return Mono.fromRunnable(() -> bus.fetchMapping(host));
  }

  @Override
  public Mono<Void> keep(FleetSpec spec) {
    return Mono.fromRunnable(() -> bus.keep(spec));
  }

  @Override
  public Mono<Void> publishAlerts(Flux<Alert> alerts) {
    return alerts
        .doOnNext(bus::publish)
        .then(
            Mono.fromRunnable(() -> {
              try {
                boolean _ = bus.flushAlerts(Duration.ofSeconds(10));
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }));
  }

  @Override
  public Mono<Void> publishDecisions(Flux<DecisionNote> decisions) {
    return decisions
        .doOnNext(bus::publish)
        .then(
            Mono.fromRunnable(() -> {
              try {
                boolean _ = bus.flushDecisions(Duration.ofSeconds(10));
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }));
  }

  @Override
  public BusState state() {
    return bus.state();
  }
}
