package io.blkwarden.controller.ingest;

import io.blkwarden.controller.step.Input;
import io.blkwarden.model.HostId;
import io.blkwarden.model.subject.Partition;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * All that waits for the brain: a lane for each partition of hosts, and one in front of them for
 * what concerns the controller itself (claims, policies, people's requests).
 *
 * <p>At a bound a message is refused and its host is marked, so that the brain's thread asks for
 * the host's whole map instead, once there is room: nothing stays wrong, and memory stays bounded.
 */
public final class Lanes {
  /** Most bytes of control messages that wait in all lanes. */
  static final long MAX_WAITING_BYTES = 64L << 20;

  private final Turn turn = new Turn();
  private final AtomicLong waitingBytes = new AtomicLong();
  private final Lane front = lane();
  private final List<Lane> lanes = new ArrayList<>();
  private final Set<HostId> resync = ConcurrentHashMap.newKeySet();

  /** Empty lanes. */
  public Lanes() {
    for (int i = 0; i < Partition.COUNT; i++) {
      lanes.add(lane());
    }
  }

  private Lane lane() {
    return new Lane(turn, waitingBytes, MAX_WAITING_BYTES);
  }

  /** Adds a person's request; false at the bound. */
  boolean offerRequest(Input input) {
    return front.offer(input, 0, Lane.LIMIT);
  }

  /** Adds a claim or policies: few and never refused. */
  public void put(Input input) {
    boolean _ = front.offer(input, 0, Integer.MAX_VALUE);
  }

  Lane front() {
    return front;
  }

  Lane of(HostId host) {
    return lanes.get(Partition.of(host));
  }

  Lane at(int index) {
    return lanes.get(index);
  }

  int count() {
    return lanes.size();
  }

  /** Marks a host whose message was refused. */
  void mark(HostId host) {
    resync.add(host);
    turn.ring();
  }

  /** Takes a marked host, or none; none while there is no room for its map. */
  @Nullable HostId pollMarked() {
    if (!roomy()) {
      return null;
    }
    for (HostId host : resync) {
      resync.remove(host);
      return host;
    }
    return null;
  }

  /** Whether there is room for what can as well come later. */
  boolean roomy() {
    return waitingBytes.get() < MAX_WAITING_BYTES / 2;
  }

  Turn turn() {
    return turn;
  }
}
