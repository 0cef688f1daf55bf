package io.blkwarden.agent.sampling;

import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.PhysicalDevice;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The rates of a host's disks between two readings, and their shares of the devices. */
public final class HostRates {
  /** Maximum fraction of a device's I/Os with unknown time for which shares are computed. */
  static final double UNTIMED_MAX = 0.1;

  private final List<MappedDisk> disks;
  private final List<RowRates> ofDisks;
  private final Map<DeviceNumber, RowRates> ofDevices;
  private final List<String> stuck;

  /** Time of I/Os of all known disks on a device, in ms per second. */
  private final Map<DeviceNumber, Double> busy = new HashMap<>();

  /** IOPS of all known disks on a device, and of those whose time is unknown. */
  private final Map<DeviceNumber, Double> ios = new HashMap<>();

  private final Map<DeviceNumber, Double> untimed = new HashMap<>();

  HostRates(
      List<MappedDisk> disks,
      List<RowRates> ofDisks,
      Map<DeviceNumber, RowRates> ofDevices,
      List<String> stuck) {
    this.stuck = List.copyOf(stuck);
    this.disks = List.copyOf(disks);
    this.ofDisks = List.copyOf(ofDisks);
    this.ofDevices = Map.copyOf(ofDevices);
    for (int row = 0; row < disks.size(); row++) {
      double own = ofDisks.get(row).busyMillis();
      double iops = ofDisks.get(row).iops();
      for (PhysicalDevice device : disks.get(row).physical()) {
        if (!Double.isNaN(iops)) {
          ios.merge(device.device(), iops, Double::sum);
          (Double.isNaN(own) ? untimed : busy)
              .merge(device.device(), Double.isNaN(own) ? iops : own, Double::sum);
        }
      }
    }
  }

  /** Names of the devices whose counters are stuck while disks on them do I/O. */
  public List<String> unknownDevices() {
    return stuck;
  }

  /** The rates of a row's disk. */
  public RowRates of(int row) {
    return ofDisks.get(row);
  }

  /**
   * The disk's share of the I/O time of all guests on its device, 0 to 1; the highest of several
   * devices. {@link Double#NaN} when its own time is unknown, or that of more than {@link
   * #UNTIMED_MAX} of the I/Os.
   */
  public double share(int row) {
    double own = ofDisks.get(row).busyMillis();
    double highest = Double.NaN;
    for (PhysicalDevice device : disks.get(row).physical()) {
      double all = busy.getOrDefault(device.device(), 0.0);
      double others = untimed.getOrDefault(device.device(), 0.0);
      if (others > UNTIMED_MAX * ios.getOrDefault(device.device(), 0.0)) {
        return Double.NaN;
      }
      double share = all > 0 ? own / all : 0;
      highest = highest >= share ? highest : share;
    }
    return Double.isNaN(own) ? Double.NaN : highest;
  }

  /** Utilisation times mean latency of the worst device, in ms; {@link Double#NaN} when unknown. */
  public double deviceScoreMillis(int row) {
    double worst = Double.NaN;
    for (PhysicalDevice device : disks.get(row).physical()) {
      RowRates rates = Objects.requireNonNull(ofDevices.get(device.device()));
      double score = rates.util() * rates.awaitMillis();
      worst = worst >= score || Double.isNaN(score) ? worst : score;
    }
    return worst;
  }
}
