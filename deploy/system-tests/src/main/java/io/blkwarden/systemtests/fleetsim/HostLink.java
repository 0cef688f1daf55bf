package io.blkwarden.systemtests.fleetsim;

import io.blkwarden.controller.step.Input;
import io.blkwarden.model.HostId;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.sample.SampleCodec;
import io.blkwarden.model.sample.SampleFrame;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A host's way to the controllers, as NATS is: it delays, keeps the order, loses samples, and may
 * break. What must not be lost waits for it.
 */
final class HostLink {
  private static final double SAMPLES_LOST = 0.01;
  private static final double MAPPINGS_TWICE = 0.01;

  private final World world;
  private final HostId host;
  private final Consumer<Input> controllers;
  private final ArrayDeque<Runnable> kept = new ArrayDeque<>();
  private boolean up = true;
  private long upSinceMillis;
  private long lastArrivalMillis;

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

  void mends() {
    world.say(host + " link mends");
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

  /** Time until what is sent now arrives, after all that was sent before. */
  private void deliver(Supplier<@Nullable Input> message) {
    lastArrivalMillis = Math.max(lastArrivalMillis, world.now() + world.random.nextLong(1, 60));
    world.after(
        lastArrivalMillis - world.now(),
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
      deliver(() ->
          SampleCodec.decode(batch, new SampleFrame())
                  instanceof Decoded.Ok<SampleFrame>(SampleFrame frame)
              ? new Input.Sampled(host, frame)
              : null);
    }
  }

  void heartbeat(Heartbeat heartbeat) {
    if (up) {
      deliver(() -> new Input.Beat(heartbeat));
    }
  }

  void mapping(MappingEvent event) {
    surely(() -> {
      if (event instanceof MappingSnapshot snapshot) {
        world.snapshots.put(host, snapshot);
      }
      deliver(() -> new Input.Mapped(event));
      if (world.chance(MAPPINGS_TWICE)) {
        deliver(() -> new Input.Mapped(event));
      }
    });
  }

  void outcome(Outcome outcome) {
    surely(() ->
        deliver(() ->
            world
                .parts
                .outcome(outcome)
                .map(each -> {
                  world.oracle.heard(each);
                  return new Input.OutcomeSeen(each);
                })
                .orElse(null)));
  }
}
