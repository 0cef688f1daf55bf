package io.blkwarden.simulation.fleet;

import io.blkwarden.agent.bus.AgentHealth;
import io.blkwarden.agent.bus.ControlBus;
import io.blkwarden.controller.engine.Input;
import io.blkwarden.model.HostId;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.sample.SampleCodec;
import io.blkwarden.model.sample.SampleFrame;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A host's NATS connection: it delays messages, loses samples, duplicates some messages, and may
 * break. Other messages wait until it is restored.
 *
 * <p>Order is kept within samples, within maps and heartbeats, and within outcomes, but not between
 * them: a controller receives samples on a connection of their own, and outcomes on another thread.
 */
final class HostLink implements ControlBus {
  private static final double SAMPLES_LOST = 0.01;
  private static final double MAPPINGS_TWICE = 0.01;
  private static final double OUTCOMES_TWICE = 0.02;

  /** Messages that keep their order among themselves. */
  private enum Lane {
    SAMPLES,
    MAP,
    OUTCOMES
  }

  private final Environment env;
  private final HostId host;
  private final Consumer<Input> controllers;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private final AgentHealth health = new AgentHealth();
  private boolean up = true;
  private long upSinceMillis;
  private final Map<Lane, Long> lastArrivalMillis = new EnumMap<>(Lane.class);

  HostLink(Environment env, HostId host, Consumer<Input> controllers) {
    this.env = env;
    this.host = host;
    this.controllers = controllers;
    health.up();
  }

  boolean up() {
    return up;
  }

  long upSinceMillis() {
    return upSinceMillis;
  }

  void breaks() {
    env.log(host + " link breaks");
    up = false;
    health.down("link broken");
  }

  void restore() {
    env.log(host + " link restored");
    up = true;
    health.up();
    upSinceMillis = env.now();
    while (!waiting.isEmpty()) {
      waiting.remove().run();
    }
  }

  /** Drops waiting messages: the agent's process died. */
  void clear() {
    waiting.clear();
  }

  /** Delivers a message after a short time, and after all earlier ones of its lane. */
  private void deliver(Lane lane, Supplier<Optional<Input>> message) {
    long soon = env.now() + env.random.nextLong(1, 60);
    long arrival = lastArrivalMillis.merge(lane, soon, Math::max);
    env.after(arrival - env.now(), () -> message.get().ifPresent(controllers));
  }

  /** Delivers a message that is not lost, and sometimes twice. */
  private void deliverSurely(Lane lane, double twice, Supplier<Optional<Input>> message) {
    if (!up) {
      waiting.add(() -> deliverSurely(lane, twice, message));
      return;
    }
    deliver(lane, message);
    if (env.chance(twice)) {
      deliver(lane, message);
    }
  }

  @Override
  public void sample(byte[] batch) {
    if (up && !env.chance(SAMPLES_LOST)) {
      deliver(
          Lane.SAMPLES,
          () ->
              SampleCodec.decode(batch, new SampleFrame())
                      instanceof Decoded.Ok<SampleFrame>(SampleFrame frame)
                  ? Optional.of(new Input.SampleBatch(host, frame))
                  : Optional.empty());
    }
  }

  @Override
  public void heartbeat(Heartbeat heartbeat) {
    if (up) {
      deliver(Lane.MAP, () -> Optional.of(new Input.HeartbeatReceived(heartbeat)));
    }
  }

  @Override
  public void mapping(MappingEvent event) {
    deliverSurely(
        Lane.MAP,
        MAPPINGS_TWICE,
        () -> {
          if (event instanceof MappingSnapshot snapshot) {
            env.snapshots.put(host, snapshot);
          }
          return Optional.of(new Input.MappingChanged(event));
        });
  }

  @Override
  public AgentHealth health() {
    return health;
  }

  @Override
  public void outcome(Outcome outcome) {
    env.oracle.sent(outcome);
    deliverSurely(
        Lane.OUTCOMES,
        OUTCOMES_TWICE,
        () -> {
          Optional<Outcome> received = env.faults.outcome.apply(outcome);
          received.ifPresent(env.oracle::received);
          return received.map(Input.OutcomeReceived::new);
        });
  }
}
