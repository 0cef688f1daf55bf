package io.blkwarden.agent.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerId;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.testing.Property;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** In any order of events, no priority outlives its lease. */
final class LeasePropertyTest {
  private static final int DISKS = 4;
  private static final int STEPS = 60;
  private static final int MAX_LEASE_MILLIS = 20_000;

  /** The initial group of a task; one thread was moved by an operator. */
  private static final String ELSEWHERE = "/machine.slice";

  /** A host and the priority of each task without blkwarden. */
  private static final class Story {
    final Random random;
    final TestHost host = new TestHost();
    final Map<WorkerId, IoPriority> untouched = new HashMap<>();
    final Map<WorkerId, String> unmoved = new HashMap<>();
    final Set<WorkerId> strangers = new HashSet<>();
    final List<MessageId> leases = new ArrayList<>();

    Story(long seed) {
      random = new Random(seed);
      for (int n = 0; n < DISKS; n++) {
        note(host.addDisk(n + 1, "xvda2", 100 * (n + 1), 1 + random.nextInt(3)));
        leases.add(host.id());
      }
    }

    void note(MappedDisk disk) {
      for (Worker worker : disk.workers()) {
        untouched.put(worker.id(), IoPriority.UNSET);
        unmoved.put(worker.id(), random.nextInt(4) == 0 ? ELSEWHERE : LimitGroups.ROOT);
        host.kernel.groups().put(worker.pid(), unmoved.get(worker.id()));
      }
    }

    MappedDisk anyDisk() {
      return host.disks.get(random.nextInt(host.disks.size()));
    }

    Worker anyWorker() {
      List<Worker> workers = anyDisk().workers();
      return workers.get(random.nextInt(workers.size()));
    }

    IoPriority anyPriority() {
      return random.nextInt(3) == 0 ? IoPriority.IDLE : IoPriority.bestEffort(random.nextInt(8));
    }

    CommandAction.Set anyWish(MessageId lease) {
      long millis = 1_000L + random.nextInt(MAX_LEASE_MILLIS - 1_000);
      return random.nextInt(3) == 0
          ? host.limit(anyDisk(), lease, 10 + random.nextInt(3), millis)
          : host.request(anyDisk(), lease, anyPriority(), millis);
    }

    void step() {
      switch (random.nextInt(13)) {
        case 0, 1, 2, 3 -> host.send(anyWish(leases.get(random.nextInt(leases.size()))));
        case 11 -> host.kernel.groups().stuck(random.nextBoolean());
        case 4 -> host.send(new CommandAction.Reset(leases.get(random.nextInt(leases.size()))));
        case 5 -> host.later(random.nextInt(5_000));
        case 6 -> host.restart();
        case 7 -> crashDuringASet();
        case 8 -> reborn();
        case 9 -> pidTakenByAStranger();
        case 10 -> {
          int pid = anyWorker().pid();
          host.kernel.refuse(pid, random.nextBoolean());
        }
        default -> host.store.broken = random.nextInt(3) == 0;
      }
    }

    /** Kills the agent before any of the calls; only the stored state remains. */
    void crashDuringASet() {
      crashBeforeCall(random.nextInt(8));
      boolean escalate = random.nextBoolean();
      try {
        host.send(anyWish(escalate ? leases.get(random.nextInt(leases.size())) : host.id()));
      } catch (Crash _) {
        // The agent is dead.
      }
      host.kernel.beforeNextSet(() -> {});
      host.restart();
    }

    private void crashBeforeCall(int more) {
      host.kernel.beforeNextSet(() -> {
        if (more == 0) {
          throw new Crash();
        }
        crashBeforeCall(more - 1);
      });
    }

    /** The guest reboots: all rings get new threads. */
    void reborn() {
      int at = random.nextInt(host.disks.size());
      MappedDisk old = host.disks.get(at);
      List<Worker> workers = new ArrayList<>();
      for (Worker worker : old.workers()) {
        host.kernel.end(worker.pid());
        int pid = random.nextBoolean() ? worker.pid() : worker.pid() + 10;
        host.kernel.refuse(pid, false);
        workers.add(TestHost.worker(host.kernel.start(pid, worker.comm()), worker.comm(), 0));
      }
      MappedDisk disk =
          TestHost.disk(
              old.domain().domid(), old.disk().vdev(), MappingState.RESOLVED, null, workers);
      host.disks.set(at, disk);
      note(disk);
    }

    /** The mapping is not updated yet. */
    void pidTakenByAStranger() {
      Worker worker = anyWorker();
      WorkerId stranger = host.kernel.start(worker.pid(), worker.comm(), random.nextBoolean());
      IoPriority own = random.nextBoolean() ? IoPriority.IDLE : IoPriority.UNSET;
      host.kernel.ionice(worker.pid(), own);
      untouched.put(stranger, own);
      unmoved.put(stranger, LimitGroups.ROOT);
      strangers.add(stranger);
    }

    void check(Set<WorkerId> which) {
      for (WorkerId id : which) {
        if (host.kernel.isAlive(id)) {
          assertThat(host.kernel.priority(id.pid())).as("task %s", id).isEqualTo(untouched.get(id));
          assertThat(host.kernel.groups().at(id.pid()))
              .as("task %s", id)
              .isEqualTo(unmoved.get(id));
        }
      }
    }

    void allLeasesEnd() {
      host.store.broken = false;
      host.kernel.groups().stuck(false);
      untouched.keySet().forEach(id -> host.kernel.refuse(id.pid(), false));
      if (random.nextBoolean()) {
        host.nowMillis += MAX_LEASE_MILLIS;
        host.restart();
      }
      host.later(MAX_LEASE_MILLIS);
    }
  }

  private static final class Crash extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  @Test
  void noPriorityOutlivesItsLease() {
    Property.checkSeeds(
        2_000,
        seed -> {
          Story story = new Story(seed);
          for (int n = 0; n < STEPS; n++) {
            story.step();
            story.check(story.strangers);
          }
          story.allLeasesEnd();

          assertThat(story.host.throttler.table().all()).isEmpty();
          assertThat(story.host.store.last.stream().flatMap(stored -> stored.leases().stream()))
              .isEmpty();
          story.check(story.untouched.keySet());
          assertThat(story.host.kernel.groups().ours()).isEmpty();
        });
  }
}
