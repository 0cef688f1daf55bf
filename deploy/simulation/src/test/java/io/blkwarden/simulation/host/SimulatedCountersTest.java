package io.blkwarden.simulation.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.lease.LimitGroups;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.HostId;
import io.blkwarden.model.IoPriority;
import io.blkwarden.testing.Given;
import io.blkwarden.testing.Property;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Cumulative counters of a simulated host never decrease. */
final class SimulatedCountersTest {
  private static final int GUESTS = 3;

  /** Field of a stat line that is not cumulative: I/Os in flight. */
  private static final int IN_FLIGHT = 8;

  private long nowMillis = 1_000;

  /** Regression: write_ms of the physical device fell after a storm. */
  @Test
  void countersNeverDecrease() {
    Property.check(
        60,
        given -> {
          ServiceOrder order = given.oneOf(List.of(ServiceOrder.values()));
          SimulatedHost host =
              new SimulatedHost(
                  new HostSpec(new HostId("sim-1"), 101, GUESTS, order, 240), () -> nowMillis);
          Map<String, List<Long>> before = new HashMap<>();
          for (int step = 0; step < 60; step++) {
            change(host, given);
            before.keySet().removeIf(path -> !host.read(path).isPresent());
            nowMillis += given.between(10, 5_000);
            for (String path : paths(host)) {
              List<Long> now = counters(path, host.read(path).toOptional().orElseThrow());
              List<Long> last = before.put(path, now);
              for (int field = 0; last != null && field < now.size(); field++) {
                assertThat(now.get(field))
                    .as("%s field %d after step %d", path, field, step)
                    .isGreaterThanOrEqualTo(last.get(field));
              }
            }
          }
        });
  }

  /** A storm, a throttle, a release or a restart. */
  private static void change(SimulatedHost host, Given given) {
    String guest = given.oneOf(host.guests());
    DeviceNumber swap = new DeviceNumber(253, 2 * host.guests().indexOf(guest) + 1);
    String group = LimitGroups.TOP + "/" + guest;
    List<Integer> pids =
        host.trueWorkers().stream()
            .filter(worker -> worker.domain().equals(host.domain(guest)))
            .map(SimulatedHost.TrueWorker::pid)
            .toList();
    switch (given.between(0, 8)) {
      case 0, 1 -> host.storm(guest, true);
      case 2 -> host.storm(guest, false);
      case 3 -> pids.forEach(pid -> host.set(pid, IoPriority.IDLE));
      case 4 -> pids.forEach(pid -> host.restore(pid, IoPriority.UNSET));
      case 5 -> {
        host.limit(group, swap, given.between(1, 50));
        pids.forEach(pid -> host.move(pid, group));
      }
      case 6 -> host.remove(group);
      case 7 -> host.stopGuest(guest);
      default -> host.startGuest(guest);
    }
  }

  private static List<String> paths(SimulatedHost host) {
    List<String> paths = new ArrayList<>(List.of("proc/pressure/io", "sys/block/sda/stat"));
    for (int minor = 0; minor < 2 * GUESTS; minor++) {
      paths.add("sys/block/dm-" + minor + "/stat");
    }
    String bus = "sys/bus/xen-backend/devices";
    // only those of running guests exist
    for (String vbd : host.list(bus).orElse(List.of())) {
      for (String name : List.of("rd_req", "wr_req", "rd_sect", "wr_sect")) {
        paths.add(bus + "/" + vbd + "/statistics/" + name);
      }
    }
    return paths;
  }

  private static List<Long> counters(String path, String text) {
    List<Long> numbers = new ArrayList<>();
    if (path.startsWith("proc/")) {
      for (String line : text.lines().toList()) {
        numbers.add(Long.parseLong(line.replaceFirst(".*total=", "")));
      }
      return numbers;
    }
    String[] fields = text.strip().split(" ", -1);
    for (int field = 0; field < fields.length; field++) {
      numbers.add(field == IN_FLIGHT ? 0 : Long.parseLong(fields[field]));
    }
    return numbers;
  }
}
