package io.blkwarden.simulation.fleet;

import io.blkwarden.model.HostId;
import io.blkwarden.simulation.host.SimulatedHost.TrueWorker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Which guests truly swap, and what was done to whom: what no part of blkwarden is told. */
final class Storms {
  /** How long after its end a storm still explains a throttle. */
  private static final long EXPLAINS_MILLIS = 30_000;

  private record Disk(HostId host, UUID domain, String vdev) {}

  private final World world;
  private final Map<Disk, Long> sinceMillis = new HashMap<>();
  private final Map<Disk, Long> endedMillis = new HashMap<>();
  private final Set<Disk> relieved = new HashSet<>();
  private final Set<Disk> throttled = new HashSet<>();
  private final List<Long> reliefMillis = new ArrayList<>();
  private final List<String> wrong = new ArrayList<>();
  private int throttles;

  Storms(World world) {
    this.world = world;
  }

  private static Disk swap(AgentNode agent, String guest) {
    return new Disk(agent.id(), agent.host().domain(guest), "xvda2");
  }

  /** A guest begins to swap, for one to five minutes. */
  void begin(AgentNode agent, String guest) {
    Disk disk = swap(agent, guest);
    boolean runs =
        agent.host().trueWorkers().stream()
            .anyMatch(worker -> worker.domain().equals(disk.domain()));
    if (runs && sinceMillis.putIfAbsent(disk, world.now()) == null) {
      world.say(agent.id() + " " + guest + " swaps");
      agent.host().storm(guest, true);
      long began = world.now();
      world.after(
          world.random.nextLong(60_000, 300_000),
          () -> {
            if (sinceMillis.getOrDefault(disk, -1L) == began) {
              end(agent, guest);
            }
          });
    }
  }

  void end(AgentNode agent, String guest) {
    Disk disk = swap(agent, guest);
    if (sinceMillis.remove(disk) != null) {
      world.say(agent.id() + " " + guest + " swaps no more");
      agent.host().storm(guest, false);
      endedMillis.put(disk, world.now());
      relieved.remove(disk);
    }
  }

  /**
   * Looks at what is throttled on a host just now.
   *
   * @param heeds whether its device listens to the idle class; a limit it always honours
   */
  void look(AgentNode agent, boolean heeds) {
    Set<Disk> now = new HashSet<>();
    Set<Disk> bitten = new HashSet<>();
    for (TrueWorker worker : agent.host().trueWorkers()) {
      Disk disk = new Disk(agent.id(), worker.domain(), worker.vdev());
      if (Oracle.restrained(agent.host(), worker.pid())) {
        now.add(disk);
        if (heeds || agent.host().limited(worker.pid())) {
          bitten.add(disk);
        }
      }
    }
    for (Disk disk : now) {
      Long since = sinceMillis.get(disk);
      if (since != null && bitten.contains(disk) && relieved.add(disk)) {
        reliefMillis.add(world.now() - since);
      }
      if (throttled.add(disk)) {
        throttles++;
        long ended = endedMillis.getOrDefault(disk, Long.MIN_VALUE / 2);
        if (since == null && world.now() - ended > EXPLAINS_MILLIS) {
          String what = disk + " is restrained; its last storm ended at " + ended;
          wrong.add(world.now() + " " + what);
          world.say("WRONG " + what);
        }
      }
    }
    throttled.removeIf(disk -> disk.host().equals(agent.id()) && !now.contains(disk));
  }

  int throttles() {
    return throttles;
  }

  List<String> wrong() {
    return wrong;
  }

  List<Long> reliefMillis() {
    return reliefMillis;
  }
}
