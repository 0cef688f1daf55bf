package io.blkwarden.controller.runtime;

import io.blkwarden.controller.bus.NatsFleetBus;
import io.blkwarden.controller.bus.SharedState;
import io.blkwarden.controller.bus.StoredMapping;
import io.blkwarden.controller.ingest.FleetIntake;
import io.blkwarden.controller.nats.BusMessage;
import io.blkwarden.controller.spec.FleetSpec;
import io.blkwarden.model.HostId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.DecisionNote;
import io.blkwarden.model.subject.Subjects;
import java.time.Duration;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Connects the flows of the bus with what takes them in and what publishes. */
final class BusTraffic implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BusTraffic.class);
  private static final Duration PAUSE = Duration.ofMillis(20);
  private static final int MAX_PAUSES = 500;

  private final NatsFleetBus bus;
  private final FleetIntake intake;
  private final Subjects subjects;
  private final Sinks.Many<Alert> alerts = Sinks.many().unicast().onBackpressureBuffer();
  private final Sinks.Many<DecisionNote> decisions = Sinks.many().unicast().onBackpressureBuffer();
  private final Sinks.Empty<Void> alertsStored = Sinks.empty();
  private final Sinks.Empty<Void> decisionsStored = Sinks.empty();
  private final Disposable.Composite incoming = Disposables.composite();
  private final Disposable.Composite life = Disposables.composite();

  BusTraffic(NatsFleetBus bus, FleetIntake intake, Subjects subjects) {
    this.subjects = subjects;
    this.bus = bus;
    this.intake = intake;
  }

  void start() {
    incoming.add(bus.samples().subscribe(m -> intake.sample(m.subject(), m.payload())));
    incoming.add(bus.reports().subscribe(this::report));
    incoming.add(
        bus.requests()
            .subscribe(m ->
                intake.operator(m.subject(), Objects.requireNonNull(m.replyTo()), m.payload())));
    incoming.add(bus.mappings().concatMap(this::stored, 1).subscribe());
    life.add(bus.outcomes().subscribe(m -> intake.outcome(m.subject(), m.payload())));
    life.add(bus.shared().subscribe(this::take));
    life.add(bus.publishAlerts(alerts.asFlux()).subscribe(null, null, alertsStored::tryEmitEmpty));
    life.add(
        bus.publishDecisions(decisions.asFlux())
            .subscribe(null, null, decisionsStored::tryEmitEmpty));
    bus.start();
  }

  private void report(BusMessage message) {
    if (message.subject().startsWith(subjects.prefix() + ".agent.")) {
      intake.heartbeat(message.subject(), message.payload());
    } else {
      intake.mapping(message.subject(), message.payload());
    }
  }

  /** Offers it until there is room for it, for some time. */
  private Mono<Boolean> stored(StoredMapping mapping) {
    return Mono.fromCallable(() -> intake.storedMapping(mapping.key(), mapping.json()))
        .filter(room -> room)
        .repeatWhenEmpty(MAX_PAUSES, tries -> tries.delayElements(PAUSE))
        .onErrorComplete();
  }

  private void take(SharedState state) {
    switch (state) {
      case SharedState.OperatorInputs(var said) -> intake.said(said);
      case SharedState.Baseline(var spec) -> intake.learned(spec);
      case SharedState.OpenAlerts(var open) -> intake.openAlerts(open);
      case SharedState.ClaimState(var claim) -> intake.claim(claim);
    }
  }

  synchronized void publish(Alert alert) {
    alerts.emitNext(alert, Sinks.EmitFailureHandler.FAIL_FAST);
  }

  synchronized void publish(DecisionNote note) {
    decisions.emitNext(note, Sinks.EmitFailureHandler.FAIL_FAST);
  }

  void keep(FleetSpec spec) {
    Disposable _ = bus.keep(spec).subscribe();
  }

  void fetchMapping(HostId host) {
    Disposable _ =
        bus.mapping(host)
            .flatMap(this::stored)
            .subscribe(_ -> {}, e -> log.debug("snapshot of {} not read: {}", host, e.toString()));
  }

  void stopIntake() {
    incoming.dispose();
  }

  boolean flushAlerts(Duration atMost) {
    alerts.emitComplete(Sinks.EmitFailureHandler.FAIL_FAST);
    return ended(alertsStored, atMost);
  }

  boolean flushDecisions(Duration atMost) {
    decisions.emitComplete(Sinks.EmitFailureHandler.FAIL_FAST);
    return ended(decisionsStored, atMost);
  }

  private static boolean ended(Sinks.Empty<Void> done, Duration atMost) {
    return Boolean.TRUE.equals(
        done.asMono().thenReturn(true).timeout(atMost, Mono.just(false)).block());
  }

  @Override
  public void close() {
    incoming.dispose();
    life.dispose();
    bus.close();
  }
}
