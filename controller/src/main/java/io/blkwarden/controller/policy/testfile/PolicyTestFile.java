package io.blkwarden.controller.policy.testfile;

import io.blkwarden.model.VolumeRole;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A file of tests.
 *
 * @param policies files and folders of policies, relative to this file
 * @param labels file of labels, relative too; absent for none
 * @param tests in order, at least one
 */
public record PolicyTestFile(List<String> policies, @Nullable String labels, List<Trial> tests) {
  public PolicyTestFile {
    policies = List.copyOf(policies);
    tests = List.copyOf(tests);
  }

  /**
   * One test: what is measured, and what is expected to come of it.
   *
   * @param name for people
   * @param intervalMillis time between two samples
   * @param disks guests' disks
   * @param hosts what is said of hosts, by name; a host need not be there
   * @param expected by time
   */
  public record Trial(
      String name,
      long intervalMillis,
      List<Disk> disks,
      Map<String, Host> hosts,
      List<Expected> expected) {
    public Trial {
      disks = List.copyOf(disks);
      hosts = Map.copyOf(hosts);
      expected = List.copyOf(expected);
    }
  }

  /**
   * A host.
   *
   * @param pressure series of {@code io_some} and {@code io_full}
   * @param rotational whether its device turns; absent when nobody knows
   */
  public record Host(Map<String, Series> pressure, @Nullable Boolean rotational) {
    /** A host of which nothing is said. */
    public static final Host PLAIN = new Host(Map.of(), null);

    public Host {
      pressure = Map.copyOf(pressure);
    }
  }

  /**
   * A disk and what is measured of it.
   *
   * @param host where
   * @param domain whose
   * @param vdev which
   * @param role what it is used for
   * @param series by metric
   */
  public record Disk(
      String host, String domain, String vdev, VolumeRole role, Map<String, Series> series) {
    public Disk {
      series = Map.copyOf(series);
    }
  }

  /**
   * What is expected at a time; what is absent is not looked at.
   *
   * @param atMillis since the begin of the test
   * @param line of the file, for people
   * @param alerts all that are open then
   * @param throttles all that hold then
   * @param decisions all since the time expected before, renewals not among them
   */
  public record Expected(
      long atMillis,
      int line,
      @Nullable List<Fact> alerts,
      @Nullable List<Fact> throttles,
      @Nullable List<Fact> decisions) {}

  /**
   * Something with parts, such as {@code policy} and {@code state}.
   *
   * @param parts by name, in order
   */
  public record Fact(Map<String, String> parts) {
    /** Whether the other one says the same in all parts that this one has. */
    public boolean fits(Fact found) {
      return parts.entrySet().stream()
          .allMatch(each -> each.getValue().equals(found.parts().get(each.getKey())));
    }

    @Override
    public String toString() {
      return parts.toString();
    }
  }
}
