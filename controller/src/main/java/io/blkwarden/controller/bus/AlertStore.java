package io.blkwarden.controller.bus;

import io.blkwarden.controller.bus.StoreFlow.Fence;
import io.blkwarden.controller.bus.StoreQueue.Entry;
import io.blkwarden.controller.nats.JetStreamAssets;
import io.blkwarden.controller.nats.NatsLink;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.subject.Subjects;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Stores alerts in their stream, by a {@link StoreFlow}.
 *
 * <p>An alert that was stored but whose acknowledgement was lost is sent again with the same
 * message id; the stream knows it for two minutes and stores it once, while plain listeners may
 * hear it twice. States of one alert keep their order.
 *
 * <p>Nothing is published without the claim. What waits when another controller has it is left to
 * that one, which judges the fleet by the same samples. At the bound a state that is neither an
 * alert's first nor its last is left out, else the new one is refused; both are counted.
 */
final class AlertStore implements StoreFlow.Publisher<Alert> {
  /** Most alerts that wait: some 20 MB. */
  static final int LIMIT = 10_000;

  private static final Logger log = LoggerFactory.getLogger(AlertStore.class);

  private final NatsLink link;
  private final Subjects subjects;
  private final BusCounters counters;
  private final StoreQueue<Alert> queue;
  private final StoreFlow<Alert> flow;

  AlertStore(
      NatsLink link,
      Subjects subjects,
      BusCounters counters,
      Supplier<Fence> fence,
      Flux<?> nudges,
      Scheduler scheduler,
      RandomGenerator random) {
    this.link = link;
    this.subjects = subjects;
    this.counters = counters;
    this.queue = new StoreQueue<>(LIMIT, Alert::id, AlertStore::isMiddle);
    this.flow =
        new StoreFlow<>(
            "alerts",
            queue,
            this,
            fence,
            new StoreFlow.Counters(
                counters.alertsPublished,
                counters.alertsRetried,
                counters.alertsLost,
                counters.alertsLeft),
            nudges,
            scheduler,
            random);
  }

  /** Whether it is neither the first nor the last state of its alert, if a later one waits. */
  static boolean isMiddle(Alert alert) {
    return alert.state() != Alert.State.FIRING;
  }

  /** Stores the alerts; see {@link StoreFlow#run}. */
  Mono<Void> store(Flux<Alert> alerts) {
    return flow.run(alerts.doOnNext(this::add));
  }

  private void add(Alert alert) {
    switch (queue.add(alert)) {
      case QUEUED -> {}
      case FOLDED -> counters.alertsFolded.increment();
      case REFUSED -> {
        counters.alertsLost.increment();
        log.error("alert not published, {} wait for NATS already: {}", queue.size(), text(alert));
      }
    }
  }

  @Override
  public Mono<Void> publish(Entry<Alert> entry) {
    Alert alert = entry.message();
    // the number tells two states of one alert apart that were made in one millisecond
    String id = "%s.%d.%d".formatted(alert.id(), alert.at().toEpochMilli(), entry.number());
    return link.store(
        JetStreamAssets.ALERTS,
        subjects.alert(alert.severity().wire(), alert.host(), alert.policy()),
        id,
        ControlJson.encode(alert));
  }

  @Override
  public String fault(Throwable failed) {
    return link.fault(failed);
  }

  @Override
  public void never(Alert alert, String why) {
    log.error("alert not publishable ({}): {}", why, text(alert));
  }

  /** An alert in full for the log. */
  private static String text(Alert alert) {
    return new String(ControlJson.encode(alert), StandardCharsets.UTF_8);
  }

  /** Those that wait, in order. */
  List<Alert> pending() {
    return queue.all();
  }

  /** How many wait. */
  int waiting() {
    return queue.size();
  }

  /** How many are not stored, and why; empty while publishing works. */
  String problem() {
    return flow.problem();
  }
}
