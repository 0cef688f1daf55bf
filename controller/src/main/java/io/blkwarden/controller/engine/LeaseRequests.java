package io.blkwarden.controller.engine;

import io.blkwarden.controller.policy.Response;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.Worker;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.CommandAction;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks agents for leases and for their end, and keeps the book of them. */
final class LeaseRequests {
  /** Shortest lease in ms. */
  static final long MIN_MILLIS = Response.LEASE_MIN_MILLIS;

  private final EngineState engine;

  LeaseRequests(EngineState engine) {
    this.engine = engine;
  }

  /** Asks for a new lease; the caller has made sure of the claim and of every guard. */
  Throttle start(
      HostTracker tracker, MappedDisk disk, Restraint restraint, long leaseMillis, String reason) {
    Throttle throttle =
        new Throttle(
            engine.newId(),
            tracker.host(),
            disk.domain(),
            disk.key(),
            restraint,
            reason,
            Throttle.Stage.REQUESTED);
    throttle.leaseMillis = leaseMillis;
    engine.throttles.add(throttle);
    set(tracker, throttle, disk, restraint, PendingCommand.Purpose.START);
    return throttle;
  }

  void set(
      HostTracker tracker,
      Throttle throttle,
      MappedDisk disk,
      Restraint restraint,
      PendingCommand.Purpose purpose) {
    set(tracker, throttle, disk, restraint, purpose, null);
  }

  void set(
      HostTracker tracker,
      Throttle throttle,
      MappedDisk disk,
      Restraint restraint,
      PendingCommand.Purpose purpose,
      @Nullable PendingRequest pendingRequest) {
    // the agent may hold it so long even if no answer comes
    throttle.endsMillis = Math.max(throttle.endsMillis, engine.millis() + throttle.leaseMillis);
    throttle.workers =
        disk.workers().stream()
            .map(worker -> new Alert.AlertWorker(worker.pid(), worker.comm()))
            .toList();
    CommandAction.Set action =
        new CommandAction.Set(
            throttle.lease,
            disk.domain(),
            disk.disk().vdev(),
            tracker.state.map().boot(),
            disk.workers().stream().map(Worker::id).toList(),
            restraint,
            throttle.leaseMillis);
    sent(
        tracker,
        engine.send(tracker.host(), throttle.reason, action),
        purpose,
        throttle,
        restraint,
        pendingRequest);
  }

  /** Asks for the end of a lease; without a claim it ends by itself. */
  boolean release(
      HostTracker tracker,
      Throttle throttle,
      String reason,
      @Nullable PendingRequest pendingRequest) {
    Optional<MessageId> command =
        engine.send(tracker.host(), reason, new CommandAction.Reset(throttle.lease));
    if (command.isEmpty()) {
      return false;
    }
    throttle.stage = Throttle.Stage.ENDING;
    throttle.releases++;
    sent(tracker, command, PendingCommand.Purpose.RELEASE, throttle, null, pendingRequest);
    return true;
  }

  private void sent(
      HostTracker tracker,
      Optional<MessageId> command,
      PendingCommand.Purpose purpose,
      Throttle throttle,
      @Nullable Restraint restraint,
      @Nullable PendingRequest pendingRequest) {
    command.ifPresent(id ->
        engine.throttles.sent(
            new PendingCommand(
                id,
                tracker.host(),
                purpose,
                throttle,
                restraint,
                pendingRequest,
                engine.millis())));
  }
}
