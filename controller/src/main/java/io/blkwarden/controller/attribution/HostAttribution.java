package io.blkwarden.controller.attribution;

import io.blkwarden.controller.attribution.Verdict.Culprits;
import io.blkwarden.controller.attribution.Verdict.NoClearCulprit;
import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.model.DiskKey;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Printable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The attribution of latency on a host's physical devices under one rule. */
public final class HostAttribution {
  private final AttributionRule rule;
  private final long slotMillis;
  private final Semaphore budget;
  private List<String> names = List.of();
  private List<DiskKey> disks = List.of();
  private DeviceAttribution[] devices = {};

  /**
   * The attribution of a host without data.
   *
   * @param rule the conditions under which a disk is named
   * @param windowMillis how far back it looks
   * @param budget how many more disks of the fleet may be in windows; when it is used up, no disk
   *     of further devices is named
   */
  public HostAttribution(AttributionRule rule, long windowMillis, Semaphore budget) {
    this.rule = rule;
    this.slotMillis = Math.max(1, windowMillis / AttributionWindow.SLOTS);
    this.budget = budget;
  }

  /**
   * The result for one disk.
   *
   * @param blamed whether it is named as a cause
   * @param verdict name of the verdict in messages
   * @param device the physical device; empty when the disk has none
   * @param sentence why, in words
   * @param suspect the values of the disk; absent when it could not be evaluated
   * @param confidence absent when no disk is named
   */
  public record Finding(
      boolean blamed,
      String verdict,
      String device,
      String sentence,
      @Nullable Suspect suspect,
      Verdict.@Nullable Confidence confidence) {}

  /** Takes a new map; devices keep the state of the disks that they still have. */
  public void map(HostState state) {
    DeviceAttribution[] next = new DeviceAttribution[state.devices().size()];
    for (int device = 0; device < next.length; device++) {
      int[] rows = state.rowsOf(device);
      next[device] = new DeviceAttribution(device, rows, rule, slotMillis, budget);
      int before = names.indexOf(state.devices().get(device).name());
      if (before >= 0) {
        next[device].continueFrom(devices[before], places(state, rows, devices[before].rows()));
      }
    }
    end();
    devices = next;
    names = state.devices().stream().map(each -> each.name()).toList();
    disks = IntStream.range(0, state.rows()).mapToObj(row -> state.disk(row).key()).toList();
  }

  /** The place of each disk among the rows that its device had before; -1 for a new disk. */
  private int[] places(HostState state, int[] rows, int[] before) {
    Map<DiskKey, Integer> places = new HashMap<>();
    for (int row : before) {
      places.put(disks.get(row), places.size());
    }
    return IntStream.of(rows).map(row -> places.getOrDefault(state.disk(row).key(), -1)).toArray();
  }

  /** Takes the host's last window. */
  public void measured(HostState state) {
    for (DeviceAttribution device : devices) {
      device.measured(state);
    }
  }

  /** Releases all windows. */
  public void end() {
    for (DeviceAttribution device : devices) {
      device.end();
    }
  }

  /** Whether a disk causes its neighbours' latency. */
  public Finding of(HostState state, int row) {
    int worst = -1;
    for (int device : state.devicesOf(row)) {
      boolean worse =
          worst < 0
              || (devices[device].watched() && !devices[worst].watched())
              || (devices[device].watched() == devices[worst].watched()
                  && state.guestsAwait(device) > state.guestsAwait(worst));
      worst = worse ? device : worst;
    }
    if (worst < 0) {
      return new Finding(false, "no-device", "", "its physical device is unknown", null, null);
    }
    return finding(state, row, devices[worst], names.get(worst));
  }

  private static Finding finding(
      HostState state, int row, DeviceAttribution attribution, String device) {
    return switch (attribution.verdict()) {
      case NoClearCulprit(Verdict.Reason reason, List<Suspect> suspects) -> {
        String why = "no clear culprit on %s: %s".formatted(device, reason.sentence());
        Suspect own = own(suspects, attribution, row);
        yield new Finding(false, reason.id(), device, why, own, null);
      }
      case Culprits(List<Suspect> named, Verdict.Confidence confidence) -> {
        Suspect own = own(named, attribution, row);
        String why =
            own != null
                ? culprit(own, device)
                : "%s causes the latency on %s, not this disk"
                    .formatted(names(state, named, attribution), device);
        String verdict = own != null ? "culprit" : "other-culprit";
        yield new Finding(own != null, verdict, device, why, own, confidence);
      }
    };
  }

  private static String culprit(Suspect own, String device) {
    return ("it took %.0f%% of the guests' I/O time on %s while others had high latency, and its"
            + " load correlates with that (correlation %.2f)")
        .formatted(own.share() * 100, device, own.correlation());
  }

  private static String names(HostState state, List<Suspect> named, DeviceAttribution attribution) {
    return named.stream()
        .limit(3)
        .map(suspect -> state.disk(attribution.rows()[suspect.disk()]))
        .map(HostAttribution::name)
        .collect(Collectors.joining(" and "));
  }

  private static String name(MappedDisk disk) {
    return Printable.of(disk.domain().name()) + " " + Printable.of(disk.disk().vdev());
  }

  private static @Nullable Suspect own(
      List<Suspect> suspects, DeviceAttribution attribution, int row) {
    return suspects.stream()
        .filter(suspect -> attribution.rows()[suspect.disk()] == row)
        .findFirst()
        .orElse(null);
  }
}
