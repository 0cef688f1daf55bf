package io.blkwarden.controller.step;

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
final class Leases {
  /** Shortest lease in ms. */
  static final long MIN_MILLIS = Response.LEASE_MIN_MILLIS;

  private final World world;

  Leases(World world) {
    this.world = world;
  }

  /** Asks for a new lease; the caller has made sure of the claim and of every guard. */
  Throttle start(
      HostWatch watch, MappedDisk disk, Restraint restraint, long leaseMillis, String reason) {
    Throttle throttle =
        new Throttle(
            world.id(),
            watch.host(),
            disk.domain(),
            disk.key(),
            restraint,
            reason,
            Throttle.Stage.REQUESTED);
    throttle.leaseMillis = leaseMillis;
    world.throttles.add(throttle);
    set(watch, throttle, disk, restraint, Pending.Purpose.START);
    return throttle;
  }

  void set(
      HostWatch watch,
      Throttle throttle,
      MappedDisk disk,
      Restraint restraint,
      Pending.Purpose purpose) {
    set(watch, throttle, disk, restraint, purpose, null);
  }

  void set(
      HostWatch watch,
      Throttle throttle,
      MappedDisk disk,
      Restraint restraint,
      Pending.Purpose purpose,
      @Nullable Ask ask) {
    // the agent may hold it so long even if no answer comes
    throttle.endsMillis = Math.max(throttle.endsMillis, world.millis() + throttle.leaseMillis);
    throttle.workers =
        disk.workers().stream()
            .map(worker -> new Alert.AlertWorker(worker.pid(), worker.comm()))
            .toList();
    CommandAction.Set action =
        new CommandAction.Set(
            throttle.lease,
            disk.domain(),
            disk.disk().vdev(),
            watch.state.map().boot(),
            disk.workers().stream().map(Worker::id).toList(),
            restraint,
            throttle.leaseMillis);
    sent(
        watch,
        world.send(watch.host(), throttle.reason, action),
        purpose,
        throttle,
        restraint,
        ask);
  }

  /** Asks for the end of a lease; without a claim it ends by itself. */
  boolean release(HostWatch watch, Throttle throttle, String reason, @Nullable Ask ask) {
    Optional<MessageId> command =
        world.send(watch.host(), reason, new CommandAction.Reset(throttle.lease));
    if (command.isEmpty()) {
      return false;
    }
    throttle.stage = Throttle.Stage.ENDING;
    throttle.releases++;
    sent(watch, command, Pending.Purpose.RELEASE, throttle, null, ask);
    return true;
  }

  private void sent(
      HostWatch watch,
      Optional<MessageId> command,
      Pending.Purpose purpose,
      Throttle throttle,
      @Nullable Restraint restraint,
      @Nullable Ask ask) {
    command.ifPresent(id ->
        world.throttles.sent(
            new Pending(id, watch.host(), purpose, throttle, restraint, ask, world.millis())));
  }
}
