package io.blkwarden.simulation.fleet;

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
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A host's way to the controllers, as NATS is: it delays, loses samples, tells some things twice,
 * and may break. What must not be lost waits for it.
 *
 * <p>Samples, the map with heartbeats, and outcomes each keep their order, and overtake each other:
 * a controller hears samples over a connection of their own, and outcomes on a thread of their own.
 */
final class HostLink {
  private static final double SAMPLES_LOST = 0.01;
  private static final double MAPPINGS_TWICE = 0.01;
  private static final double OUTCOMES_TWICE = 0.02;

  /** What keeps its order among itself only. */
  private enum Lane {
    SAMPLES,
    MAP,
    OUTCOMES
  }

  private final World world;
  private final HostId host;
  private final Consumer<Input> controllers;
  private final ArrayDeque<Runnable> kept = new ArrayDeque<>();
  private boolean up = true;
  private long upSinceMillis;
  private final Map<Lane, Long> lastArrivalMillis = new EnumMap<>(Lane.class);

  HostLink(World world, HostId host, Consumer<Input> controllers) {
    this.world = world;
    this.host = host;
    this.controllers = controllers;
  }

  boolean up() {
    return up;
  }

  long upSinceMillis() {
    return upSinceMillis;
  }

  void breaks() {
    world.say(host + " link breaks");
    up = false;
  }

  void restore() {
    world.say(host + " link restored");
    up = true;
    upSinceMillis = world.now();
    while (!kept.isEmpty()) {
      kept.remove().run();
    }
  }

  /** The agent's process died, and what it kept with it. */
  void forget() {
    kept.clear();
  }

  /** Lets it arrive some time soon, after all that was sent before on its lane. */
  private void deliver(Lane lane, Supplier<@Nullable Input> message) {
    long soon = world.now() + world.random.nextLong(1, 60);
    long arrival = Math.max(lastArrivalMillis.getOrDefault(lane, 0L), soon);
    lastArrivalMillis.put(lane, arrival);
    world.after(
        arrival - world.now(),
        () -> {
          Input input = message.get();
          if (input != null) {
            controllers.accept(input);
          }
        });
  }

  private void surely(Runnable send) {
    if (up) {
      send.run();
    } else {
      kept.add(send);
    }
  }

  void sample(byte[] batch) {
    if (up && !world.chance(SAMPLES_LOST)) {
      deliver(
          Lane.SAMPLES,
          () ->
              SampleCodec.decode(batch, new SampleFrame())
                      instanceof Decoded.Ok<SampleFrame>(SampleFrame frame)
                  ? new Input.SampleBatch(host, frame)
                  : null);
    }
  }

  void heartbeat(Heartbeat heartbeat) {
    if (up) {
      deliver(Lane.MAP, () -> new Input.HeartbeatReceived(heartbeat));
    }
  }

  void mapping(MappingEvent event) {
    surely(() -> {
      if (event instanceof MappingSnapshot snapshot) {
        world.snapshots.put(host, snapshot);
      }
      deliver(Lane.MAP, () -> new Input.MappingChanged(event));
      if (world.chance(MAPPINGS_TWICE)) {
        deliver(Lane.MAP, () -> new Input.MappingChanged(event));
      }
    });
  }

  void outcome(Outcome outcome) {
    surely(() -> {
      Supplier<@Nullable Input> told =
          () ->
              world
                  .parts
                  .outcome(outcome)
                  .map(each -> {
                    world.oracle.heard(each);
                    return new Input.OutcomeReceived(each);
                  })
                  .orElse(null);
      deliver(Lane.OUTCOMES, told);
      if (world.chance(OUTCOMES_TWICE)) {
        deliver(Lane.OUTCOMES, told);
      }
    });
  }
}
