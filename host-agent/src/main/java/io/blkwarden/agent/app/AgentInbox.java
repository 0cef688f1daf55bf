package io.blkwarden.agent.app;

import io.blkwarden.agent.uevent.Uevent;
import io.blkwarden.agent.uevent.UeventNotice;
import io.blkwarden.agent.xenstore.XenEvent;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * Where the threads of xenstore and of the kernel's events leave what happened: none of them waits.
 *
 * <p>Changes only say that a scan is due, so one of them waits and stands for all that come until
 * it is taken: a scan of a large host takes longer than a burst. Of each source's health the latest
 * is kept, whatever waits.
 */
public final class AgentInbox {
  private static final String XENSTORE = "xenstore";
  private static final String UEVENTS = "uevents";

  private final Sinks.Many<AgentInput> changes =
      Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(2));
  private final Map<String, Optional<String>> health = new ConcurrentHashMap<>();
  private final AtomicLong blockEvents = new AtomicLong();
  private volatile boolean hearsBlocks;
  private final AtomicBoolean changeWaits = new AtomicBoolean();
  private final AtomicBoolean missedChange = new AtomicBoolean();
  private final AtomicLong conflated = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  /** Takes what xenstore said. */
  public void xen(XenEvent event) {
    switch (event) {
      case XenEvent.Changed _ -> changed();
      case XenEvent.Connected _ -> health(XENSTORE, Optional.empty());
      case XenEvent.Disconnected(String reason) -> health(XENSTORE, Optional.of(reason));
      case XenEvent.WatchRefused(String path, String reason) ->
          health(XENSTORE, Optional.of(path + ": " + reason));
    }
  }

  /** Takes what the kernel said; of its events only those of block devices and Xen backends. */
  public void uevent(UeventNotice notice) {
    switch (notice) {
      case Uevent event -> {
        if (event.subsystem().equals("block") || event.subsystem().equals("xen-backend")) {
          blockEvents.incrementAndGet();
          changed();
        }
      }
      case UeventNotice.Overrun _ -> {
        blockEvents.incrementAndGet();
        changed();
      }
      case UeventNotice.Stopped(String reason) -> {
        hearsBlocks = false;
        health(UEVENTS, Optional.of(reason));
      }
    }
  }

  /** From now on all of the kernel's events are heard, until one says that they are not. */
  public void hearsUevents() {
    hearsBlocks = true;
  }

  /** How many of the kernel's events told of block devices; empty while they are not heard. */
  public OptionalLong blockChanges() {
    return hearsBlocks ? OptionalLong.of(blockEvents.get()) : OptionalLong.empty();
  }

  /** What a source says last counts, so it must not wait in a queue that may be full. */
  private void health(String source, Optional<String> fault) {
    health.put(source, fault);
    changed();
  }

  /** Asks for a look at the host. */
  void look() {
    changed();
  }

  private void changed() {
    if (changeWaits.getAndSet(true)) {
      conflated.incrementAndGet();
    } else if (!emit(changes, new AgentInput.Changed())) {
      missedChange.set(true); // nobody takes it any more, or not yet
    }
  }

  /**
   * Takes the change that waits: one that comes from now on is another. A scan that begins takes
   * it, too, for it sees what changed before.
   *
   * @return false when a scan has taken it already
   */
  boolean takeChange() {
    return changeWaits.getAndSet(false);
  }

  /** Other news found no room: what it stands for is done with the next tick. */
  void missed() {
    missedChange.set(true);
  }

  /** Counts a command that found no room. */
  void commandRefused() {
    refused.incrementAndGet();
  }

  private static boolean emit(Sinks.Many<AgentInput> sink, AgentInput input) {
    synchronized (sink) {
      return sink.tryEmitNext(input).isSuccess();
    }
  }

  Flux<AgentInput> changes() {
    return changes.asFlux();
  }

  /** What is wrong with a source, or nothing, by the source's name; only those that told. */
  Map<String, Optional<String>> health() {
    return Map.copyOf(health);
  }

  /** Whether changes found no room since the last call. */
  boolean takeMissedChange() {
    return missedChange.getAndSet(false);
  }

  /** Changes that were taken as one with others. */
  long conflated() {
    return conflated.get();
  }

  /** Commands that found no room. */
  long refused() {
    return refused.get();
  }
}
