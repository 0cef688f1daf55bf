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

/** The storms of guests, and which throttles they explain. */
final class Storms {
  /** Time after its end in which a storm explains a throttle. */
  private static final long EXPLAINS_MILLIS = 30_000;

  private record Disk(HostId host, UUID domain, String vdev) {}

  private final Environment env;
  private final Map<Disk, Long> sinceMillis = new HashMap<>();
  private final Map<Disk, Long> endedMillis = new HashMap<>();
  private final Set<Disk> relieved = new HashSet<>();
  private final Set<Disk> throttled = new HashSet<>();
  final List<Long> reliefMillis = new ArrayList<>();
  final List<String> wrong = new ArrayList<>();
  int throttles;

  Storms(Environment env) {
    this.env = env;
  }

  private static Disk swap(AgentNode agent, String guest) {
    return new Disk(agent.id(), agent.host.domain(guest), "xvda2");
  }

  /** Starts swapping in a running guest, for one to five minutes. */
  void begin(AgentNode agent, String guest) {
    Disk disk = swap(agent, guest);
    boolean runs =
        agent.host.trueWorkers().stream().anyMatch(worker -> worker.domain().equals(disk.domain()));
    if (runs && sinceMillis.putIfAbsent(disk, env.now()) == null) {
      env.log(agent.id() + " " + guest + " swaps");
      agent.host.storm(guest, true);
      long began = env.now();
      env.after(
          env.random.nextLong(60_000, 300_000),
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
      env.log(agent.id() + " " + guest + " stops swapping");
      agent.host.storm(guest, false);
      endedMillis.put(disk, env.now());
      relieved.remove(disk);
    }
  }

  /**
   * Records new throttles of a host, and which of them have an effect.
   *
   * @param heeds whether the idle class has an effect on its device; a limit always has
   */
  void check(AgentNode agent, boolean heeds) {
    Set<Disk> now = new HashSet<>();
    Set<Disk> effective = new HashSet<>();
    for (TrueWorker worker : agent.host.trueWorkers()) {
      Disk disk = new Disk(agent.id(), worker.domain(), worker.vdev());
      if (agent.host.restrained(worker.pid())) {
        now.add(disk);
        if (heeds || agent.host.limited(worker.pid())) {
          effective.add(disk);
        }
      }
    }
    for (Disk disk : now) {
      Long since = sinceMillis.get(disk);
      if (since != null && effective.contains(disk) && relieved.add(disk)) {
        reliefMillis.add(env.now() - since);
      }
      if (throttled.add(disk)) {
        throttles++;
        long ended = endedMillis.getOrDefault(disk, Long.MIN_VALUE / 2);
        if (since == null && env.now() - ended > EXPLAINS_MILLIS) {
          String what = disk + " is restrained; its last storm ended at " + ended;
          wrong.add(env.now() + " " + what);
          env.log("WRONG " + what);
        }
      }
    }
    throttled.removeIf(disk -> disk.host().equals(agent.id()) && !now.contains(disk));
  }
}
