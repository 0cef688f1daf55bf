package io.blkwarden.controller.policy.testfile;

import io.blkwarden.model.VolumeRole;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A policy test file.
 *
 * @param policies files and folders of policies, relative to this file
 * @param labels labels file, relative too; absent for none
 * @param tests in order, at least one
 */
public record PolicyTestFile(List<String> policies, @Nullable String labels, List<Trial> tests) {
  /**
   * One test: measured values and expected results.
   *
   * @param name its name
   * @param intervalMillis time between two samples
   * @param disks disks of guests
   * @param hosts settings of hosts by name; optional
   * @param expected results by time
   */
  public record Trial(
      String name,
      long intervalMillis,
      List<Disk> disks,
      Map<String, Host> hosts,
      List<Expected> expected) {}

  /**
   * A host.
   *
   * @param pressure series of {@code io_some} and {@code io_full}
   * @param rotational whether its device is rotational; absent when unknown
   */
  public record Host(Map<String, Series> pressure, @Nullable Boolean rotational) {
    /** A host without settings. */
    public static final Host PLAIN = new Host(Map.of(), null);
  }

  /**
   * A disk and its measured values.
   *
   * @param host its host
   * @param domain its domain
   * @param vdev its virtual device
   * @param role role of its volume
   * @param series by metric
   */
  public record Disk(
      String host, String domain, String vdev, VolumeRole role, Map<String, Series> series) {}

  /**
   * The expected results at a time; absent ones are not checked.
   *
   * @param atMillis since the start of the test
   * @param line line in the file
   * @param alerts all open alerts
   * @param throttles all active throttles
   * @param decisions all since the time before, without renewals
   */
  public record Expected(
      long atMillis,
      int line,
      @Nullable List<Fact> alerts,
      @Nullable List<Fact> throttles,
      @Nullable List<Fact> decisions) {}

  /**
   * Parts of an alert, throttle or decision, such as {@code policy} and {@code state}.
   *
   * @param parts by name, in order
   */
  public record Fact(Map<String, String> parts) {
    /** The parts of every fact. */
    public static final List<String> PLACE = List.of("host", "domain", "disk");

    /** Its host, domain and disk, as far as it names them. */
    public Fact place() {
      Map<String, String> place = new LinkedHashMap<>(parts);
      place.keySet().retainAll(PLACE);
      return new Fact(place);
    }

    /** Whether the other fact has all parts of this one. */
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
