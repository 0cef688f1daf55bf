package io.blkwarden.agent.app;

import io.blkwarden.agent.bus.IncomingCommand;
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
 * Receives events of xenstore and the kernel without blocking their threads.
 *
 * <p>An event only means that a scan is due, so at most one change is queued; further ones are
 * conflated with it. The latest health of each source is kept separately.
 */
public final class AgentInbox {
  private static final String XENSTORE = "xenstore";
  private static final String UEVENTS = "uevents";
  private static final int MAX_LOCAL_COMMANDS = 8;

  private final Sinks.Many<AgentInput> changes =
      Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(2));
  private final Sinks.Many<AgentInput> localCommands =
      Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(MAX_LOCAL_COMMANDS));
  private final Map<String, Optional<String>> health = new ConcurrentHashMap<>();
  private final AtomicLong blockEvents = new AtomicLong();
  private volatile boolean receivesUevents;
  private final AtomicBoolean changeQueued = new AtomicBoolean();
  private final AtomicBoolean missedChange = new AtomicBoolean();
  private final AtomicLong conflated = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  /** Handles an event of xenstore. */
  public void xen(XenEvent event) {
    switch (event) {
      case XenEvent.Changed _ -> requestScan();
      case XenEvent.Connected _ -> health(XENSTORE, Optional.empty());
      case XenEvent.Disconnected(String reason) -> health(XENSTORE, Optional.of(reason));
      case XenEvent.WatchRefused(String path, String reason) ->
          health(XENSTORE, Optional.of(path + ": " + reason));
    }
  }

  /** Handles a uevent; only those of block devices and Xen backends count. */
  public void uevent(UeventNotice notice) {
    switch (notice) {
      case Uevent event -> {
        if (event.subsystem().equals("block") || event.subsystem().equals("xen-backend")) {
          blockEvents.incrementAndGet();
          requestScan();
        }
      }
      case UeventNotice.Overrun _ -> {
        blockEvents.incrementAndGet();
        requestScan();
      }
      case UeventNotice.Stopped(String reason) -> {
        receivesUevents = false;
        health(UEVENTS, Optional.of(reason));
      }
    }
  }

  /** From now on uevents are received, until {@link UeventNotice.Stopped}. */
  public void ueventsStarted() {
    receivesUevents = true;
  }

  /** Number of uevents of block devices; empty while uevents are not received. */
  public OptionalLong blockChanges() {
    return receivesUevents ? OptionalLong.of(blockEvents.get()) : OptionalLong.empty();
  }

  /** The latest health counts, so it does not go through the queue. */
  private void health(String source, Optional<String> fault) {
    health.put(source, fault);
    requestScan();
  }

  /** Requests a scan. */
  void requestScan() {
    if (changeQueued.getAndSet(true)) {
      conflated.incrementAndGet();
    } else if (!emit(changes, new AgentInput.Changed())) {
      missedChange.set(true); // no subscriber
    }
  }

  /**
   * Takes the queued change; later events queue a new one. A starting scan takes it too, because it
   * sees earlier changes.
   *
   * @return false if a scan has taken it already
   */
  boolean takeChange() {
    return changeQueued.getAndSet(false);
  }

  /** The queue was full; the next tick scans and publishes the map. */
  void missed() {
    missedChange.set(true);
  }

  /** Counts a command that was refused because the queue was full. */
  void commandRefused() {
    refused.incrementAndGet();
  }

  /** Queues a command of an operator on the host; false if the queue is full or the agent stops. */
  public boolean localCommand(IncomingCommand command) {
    return emit(localCommands, new AgentInput.CommandReceived(command));
  }

  Flux<AgentInput> localCommands() {
    return localCommands.asFlux();
  }

  private static boolean emit(Sinks.Many<AgentInput> sink, AgentInput input) {
    synchronized (sink) {
      return sink.tryEmitNext(input).isSuccess();
    }
  }

  Flux<AgentInput> changes() {
    return changes.asFlux();
  }

  /** The fault of each source that reported its health; empty if it works. */
  Map<String, Optional<String>> health() {
    return Map.copyOf(health);
  }

  /** Whether changes were missed since the last call. */
  boolean takeMissedChange() {
    return missedChange.getAndSet(false);
  }

  /** Number of conflated changes. */
  long conflated() {
    return conflated.get();
  }

  /** Number of refused commands. */
  long refused() {
    return refused.get();
  }
}
